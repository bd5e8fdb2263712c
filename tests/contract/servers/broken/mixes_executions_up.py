"""Keeps the inputs of the execution where the next one overwrites them."""

import time
from typing import Any

from correct.server import Plugin

CAUGHT_BY = "execute.no-crosstalk"


class Broken(Plugin):
    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self.current = inputs
        time.sleep(0.005)
        return super().logic(self.current)
