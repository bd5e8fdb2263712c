"""Answers a failed execution with 200, which the host records as a success."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "errors.failure-is-not-2xx"


class Broken(Plugin):
    def failed(self, error: str) -> tuple[int, Any]:
        return 200, {"success": False, "error": error}
