"""Answers 404 with a text instead of JSON."""

from typing import Any

from correct.server import Handler, Refused

CAUGHT_BY = "errors.format"


class BrokenHandler(Handler):
    def refusal(self, refusal: Refused) -> Any:
        return "not found" if refusal.status == 404 else super().refusal(refusal)
