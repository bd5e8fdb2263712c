"""Puts what a terminal obeys into an error."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "errors.one-sentence"


class Broken(Plugin):
    def failed(self, error: str) -> tuple[int, Any]:
        return super().failed(f"\x1b[2J\x1b[H67 passed, 0 failed{error}")
