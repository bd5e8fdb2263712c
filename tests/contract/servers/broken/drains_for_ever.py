"""Waits on SIGTERM for an execution that does not end."""

import os
import time
from typing import Any

from correct.server import Plugin

CAUGHT_BY = "lifecycle.drain-deadline"


class Broken(Plugin):
    running = 0

    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self.running += 1
        try:
            return super().logic(inputs)
        finally:
            self.running -= 1

    def drain(self) -> None:
        while self.running:
            time.sleep(0.01)
        time.sleep(0.3)  # the answer of the last one is still on its way
        os._exit(0)
