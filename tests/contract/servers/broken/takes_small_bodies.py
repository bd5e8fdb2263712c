"""Takes bodies of 1 MiB at most."""

from correct.server import Handler

CAUGHT_BY = "limits.plugin-list"


class BrokenHandler(Handler):
    max_body = 1024 * 1024
