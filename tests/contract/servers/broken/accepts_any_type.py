"""Executes with values of a wrong type."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "errors.mistyped-input"


class Broken(Plugin):
    def fits(self, value: Any, kind: str) -> bool:
        return True
