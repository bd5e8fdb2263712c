"""Does not react to SIGTERM, as Python does not in process 1 of a container."""

from correct.server import Plugin

CAUGHT_BY = "lifecycle.sigterm-idle"


class Broken(Plugin):
    def on_sigterm(self) -> None:
        pass
