"""Reads a header of any size."""

import http.client

from correct.server import Handler

CAUGHT_BY = "errors.large-header"


class BrokenHandler(Handler):
    def setup(self) -> None:
        vars(http.client)["_MAXLINE"] = 1 << 30
        super().setup()
