"""Makes executions wait for a slot instead of refusing them."""

from correct.server import Plugin

CAUGHT_BY = "load.bounded"


class Broken(Plugin):
    def take_slot(self) -> bool:
        return self.slots.acquire()
