"""Answers 405 without saying what the path takes."""

from typing import Any

from correct.server import Handler

CAUGHT_BY = "errors.wrong-method"


class BrokenHandler(Handler):
    def reply(self, status: int, document: Any, **headers: str) -> None:
        headers.pop("Allow", None)
        super().reply(status, document, **headers)
