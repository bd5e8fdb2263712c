"""Fails where the body is JSON but no object."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "errors.not-an-object"


class Broken(Plugin):
    def parse(self, body: bytes) -> dict[str, Any]:
        try:
            return super().parse(body)
        except Refused as refusal:
            raise Refused(500 if "must be an object" in refusal.error else 400, "x") from refusal
