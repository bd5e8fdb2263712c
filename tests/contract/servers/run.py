"""`run.py NAME MANIFEST`: the broken server of that name, or the correct one as `correct`."""

import importlib
import sys

from correct import server

name = sys.argv.pop(1)
module = server if name == "correct" else importlib.import_module(f"broken.{name}")
server.main(
    getattr(module, "Broken", server.Plugin),
    getattr(module, "BrokenHandler", server.Handler),
    getattr(module, "BrokenServer", server.Server),
)
