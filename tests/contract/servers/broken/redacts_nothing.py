"""Lets through what the logic itself says of its tokens."""

from correct.server import Plugin

CAUGHT_BY = "secrets.redacted"


class Broken(Plugin):
    def redact(self, text: str) -> str:
        return text
