"""Loads what NODE_OPTIONS require before it starts, as Node does."""

import os
from pathlib import Path

from correct.server import Plugin

CAUGHT_BY = "env.node-options-ignored"


class Broken(Plugin):
    def setup(self) -> None:
        for option in os.environ.get("NODE_OPTIONS", "").split():
            name, _, value = option.partition("=")
            if name == "--require":
                Path(value).read_bytes()
