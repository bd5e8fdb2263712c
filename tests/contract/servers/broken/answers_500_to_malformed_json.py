"""Fails where the body is not JSON."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "errors.malformed-json"


class Broken(Plugin):
    def parse(self, body: bytes) -> dict[str, Any]:
        try:
            return super().parse(body)
        except Refused as refusal:
            raise Refused(500 if "JSONDecodeError" in refusal.error else 400, "failed") from refusal
