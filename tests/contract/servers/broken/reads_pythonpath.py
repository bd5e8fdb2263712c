"""Imports modules of the host through PYTHONPATH."""

import importlib
import os
import sys

from correct.server import Plugin

CAUGHT_BY = "env.pythonpath-ignored"


class Broken(Plugin):
    def setup(self) -> None:
        sys.path.insert(0, os.environ.get("PYTHONPATH", ""))
        importlib.reload(importlib.import_module("json"))
