"""Ends when something other than HTTP comes."""

import os

from correct.server import Handler

CAUGHT_BY = "errors.bad-http"


class BrokenHandler(Handler):
    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code == 400:
            os._exit(1)
        super().send_error(code, message, explain)
