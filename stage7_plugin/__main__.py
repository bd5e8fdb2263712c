"""`python -m stage7_plugin`."""

import sys

if __name__ == "__main__":
    # `-m` puts the working directory first on the path: a re.py there must not be imported.
    # Unless -I, -P or PYTHONSAFEPATH has kept it away.
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        del sys.path[0]

    from stage7_plugin.cli import main

    main(prog_name="stage7-plugin")
