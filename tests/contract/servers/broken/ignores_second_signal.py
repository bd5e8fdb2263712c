"""Goes on draining when SIGTERM comes again."""

import os
import time

from correct.server import Plugin

CAUGHT_BY = "lifecycle.second-signal"


class Broken(Plugin):
    def on_sigterm(self) -> None:
        if not self.stopping:
            super().on_sigterm()

    def drain(self) -> None:
        time.sleep(1.5 if self.executions else 0)
        os._exit(0)
