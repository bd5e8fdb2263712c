"""Logs its environment at the start."""

import os

from correct.server import Plugin

CAUGHT_BY = "secrets.token-in-log"


class Broken(Plugin):
    def setup(self) -> None:
        self.log_lines.add(f"{dict(os.environ)}")
