"""Loads what JAVA_TOOL_OPTIONS names before it starts, as Java does."""

import os
from pathlib import Path

from correct.server import Plugin

CAUGHT_BY = "env.interpreter-options-ignored"


class Broken(Plugin):
    def setup(self) -> None:
        for option in os.environ.get("JAVA_TOOL_OPTIONS", "").split():
            Path(option.partition(":")[2]).read_bytes()
