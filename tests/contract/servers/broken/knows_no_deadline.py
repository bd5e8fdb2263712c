"""Never answers an execution that does not end."""

from correct.server import Plugin

CAUGHT_BY = "load.deadline"


class Broken(Plugin):
    def deadline(self) -> None:
        return None
