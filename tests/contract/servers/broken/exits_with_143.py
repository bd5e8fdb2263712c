"""Ends on SIGTERM with the exit code of a process that was killed."""

import os
import time

from correct.server import Plugin

CAUGHT_BY = "lifecycle.exit-code"


class Broken(Plugin):
    def drain(self) -> None:
        while self.busy():
            time.sleep(0.01)
        os._exit(143)
