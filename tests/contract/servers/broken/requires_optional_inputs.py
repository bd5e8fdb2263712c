"""Refuses an execution without an optional input."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "execute.optional-inputs"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        values = super().inputs(given)
        if values["options"] is None and values["text"] == "hello" and "seconds" not in given:
            raise Refused(422, "input 'options' is missing")
        return values
