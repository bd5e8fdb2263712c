"""Ends on SIGTERM without finishing what runs."""

import os

from correct.server import Plugin

CAUGHT_BY = "lifecycle.drain"


class Broken(Plugin):
    def on_sigterm(self) -> None:
        os._exit(0)
