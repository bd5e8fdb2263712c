"""Looks for its standard library in PYTHONHOME."""

import os
from pathlib import Path

from correct.server import Plugin

CAUGHT_BY = "env.pythonhome-ignored"


class Broken(Plugin):
    def setup(self) -> None:
        list(Path(os.environ.get("PYTHONHOME", ".")).iterdir())
