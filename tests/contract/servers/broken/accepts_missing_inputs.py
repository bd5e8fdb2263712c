"""Executes without a required input."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "errors.missing-input"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        named = "text" in given or "message" in given
        return super().inputs(given if named else {**given, "text": ""})
