"""Quotes every input that came in the error about one of them."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "secrets.token-in-error"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            return super().inputs(given)
        except Refused as refusal:
            raise Refused(422, f"{refusal.error} in {given}") from refusal
