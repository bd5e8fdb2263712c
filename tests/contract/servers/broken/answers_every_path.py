"""Answers every path as if it were health."""

from typing import Any

from correct.server import Handler

CAUGHT_BY = "errors.unknown-path"


class BrokenHandler(Handler):
    def answer(self, method: str, path: str) -> tuple[int, Any]:
        known = path in ("/execute", "/metrics")
        return super().answer(method, path if known else "/health")
