"""Answers a success with two million opening brackets."""

from typing import Any

from correct.server import Handler

CAUGHT_BY = "execute.answer-format"


class BrokenHandler(Handler):
    def reply(self, status: int, document: Any, **headers: str) -> None:
        if not isinstance(document, dict) or "outputs" not in document:
            return super().reply(status, document, **headers)
        content = b"[" * 2_000_000
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None
