"""`python -m stage7_plugin`."""

import sys

if __name__ == "__main__":
    # `-m` puts the working directory first on the path: a re.py there must not be imported.
    if not getattr(sys.flags, "safe_path", False):  # set by -P and PYTHONSAFEPATH
        del sys.path[0]

    from stage7_plugin.cli import main

    main(prog_name="stage7-plugin")
