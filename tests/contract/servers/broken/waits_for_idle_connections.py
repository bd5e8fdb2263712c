"""Waits on SIGTERM for connections on which nothing happens."""

from correct.server import Handler, Plugin

CAUGHT_BY = "lifecycle.sigterm-open-connection"


class Broken(Plugin):
    connections = 0

    def busy(self) -> bool:
        return self.connections > 0


class BrokenHandler(Handler):
    def setup(self) -> None:
        super().setup()
        self.plugin.connections += 1

    def finish(self) -> None:
        self.plugin.connections -= 1
        super().finish()
