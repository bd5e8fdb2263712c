"""Answers health with a text instead of JSON."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "lifecycle.healthy"


class Broken(Plugin):
    def health(self) -> tuple[int, Any]:
        return 200, "OK"
