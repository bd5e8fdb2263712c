"""Runs everything that comes at once."""

from correct.server import Plugin

CAUGHT_BY = "load.bounded"


class Broken(Plugin):
    def take_slot(self) -> bool:
        return True

    def free_slot(self, succeeded: bool) -> None:
        pass
