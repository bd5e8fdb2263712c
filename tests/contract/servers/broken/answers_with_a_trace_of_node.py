"""Answers a failure with the stack trace of another language, on one line."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "errors.one-sentence"


class Broken(Plugin):
    def failed(self, error: str) -> tuple[int, Any]:
        return super().failed(f"{error} at execute (/app/server.mjs:71:9) at run (/app/x.mjs:3:1)")
