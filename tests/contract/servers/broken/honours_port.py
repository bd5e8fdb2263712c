"""Listens on PORT, which is the host's own."""

import os

from correct.server import Plugin

CAUGHT_BY = "env.port-ignored"


class Broken(Plugin):
    def port(self) -> int:
        return int(os.environ.get("PORT", super().port()))
