"""Takes a value only in an envelope."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "execute.raw-inputs"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        for name, value in given.items():
            if not isinstance(value, dict) or "value" not in value:
                raise Refused(422, f"input '{name}' of text, options, seconds, pin has no value")
        return super().inputs(given)
