"""Says in its log that nobody has written it yet."""

from correct.server import Plugin

CAUGHT_BY = "execute.written"


class Broken(Plugin):
    def setup(self) -> None:
        self.log("execute_plugin() in plugin_logic.py is still a stub")
