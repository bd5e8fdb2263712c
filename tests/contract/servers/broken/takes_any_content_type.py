"""Does not look at Content-Type."""

from correct.server import Handler

CAUGHT_BY = "errors.content-type"


class BrokenHandler(Handler):
    def check_content_type(self, value: str) -> None:
        pass
