"""`run.py NAME MANIFEST`: the broken server of that name, or the correct one as `correct`."""

import importlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).with_name("correct")))

from correct import server

name = sys.argv.pop(1)
module = server if name == "correct" else importlib.import_module(f"broken.{name}")
server.main(
    getattr(module, "Broken", server.Plugin),
    getattr(module, "BrokenHandler", server.Handler),
    getattr(module, "BrokenServer", server.Server),
)
