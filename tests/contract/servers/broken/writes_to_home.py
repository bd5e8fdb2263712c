"""Keeps a file in HOME."""

import os
import tempfile
from pathlib import Path

from correct.server import Plugin

CAUGHT_BY = "env.foreign-home"


class Broken(Plugin):
    def setup(self) -> None:
        Path(os.environ.get("HOME", tempfile.gettempdir()), ".plugin-cache").touch()
