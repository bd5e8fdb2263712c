"""Does not say which input is wrong."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "errors.input-named"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            return super().inputs(given)
        except Refused as refusal:
            raise Refused(422, "bad inputs") from refusal
