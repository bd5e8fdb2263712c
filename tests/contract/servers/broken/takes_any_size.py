"""Reads a body of any size."""

from bounds import Budget
from correct.server import Handler, Plugin

CAUGHT_BY = "errors.body-too-large"


class Broken(Plugin):
    def setup(self) -> None:
        self.budget = Budget(1 << 40)


class BrokenHandler(Handler):
    max_body = 1 << 40
