"""Reads a body of any size."""

from correct.server import Handler

CAUGHT_BY = "errors.body-too-large"


class BrokenHandler(Handler):
    max_body = 1 << 40
