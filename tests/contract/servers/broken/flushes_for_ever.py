"""Does not end before all of its log is written."""

import os
import time

from correct.server import Plugin

CAUGHT_BY = "lifecycle.unread-output"


class Broken(Plugin):
    def drain(self) -> None:
        while self.busy() or self.log_lines.lines.unfinished_tasks:
            time.sleep(0.01)
        os._exit(0)
