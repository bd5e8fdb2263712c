"""`python -m stage7_plugin`."""

from stage7_plugin.cli import main

if __name__ == "__main__":
    main(prog_name="stage7-plugin")
