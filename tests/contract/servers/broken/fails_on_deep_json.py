"""Fails where JSON is nested too deeply."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "errors.odd-json"


class Broken(Plugin):
    def parse(self, body: bytes) -> dict[str, Any]:
        try:
            return super().parse(body)
        except Refused as refusal:
            raise Refused(500 if "RecursionError" in refusal.error else 400, "x") from refusal
