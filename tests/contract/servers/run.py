"""`run.py NAME MANIFEST`: the module of that name, or the correct server as `correct`."""

import importlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).with_name("correct")))

from correct import server

name = sys.argv.pop(1)
module = server if name == "correct" else importlib.import_module(name)
server.main(
    getattr(module, "Broken", server.Plugin),
    getattr(module, "BrokenHandler", server.Handler),
    getattr(module, "BrokenServer", server.Server),
)
