"""Refuses without saying when to come again."""

from typing import Any

from correct.server import Handler

CAUGHT_BY = "load.retry-after"


class BrokenHandler(Handler):
    def reply(self, status: int, document: Any, **headers: str) -> None:
        headers.pop("Retry-After", None)
        super().reply(status, document, **headers)
