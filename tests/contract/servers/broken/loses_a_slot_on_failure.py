"""Does not release the slot of an execution that raises."""

from correct.server import Plugin

CAUGHT_BY = "errors.slot-returned"


class Broken(Plugin):
    def free_slot(self, succeeded: bool) -> None:
        if succeeded:
            super().free_slot(succeeded)
