"""Lets sys.exit() of the logic end the whole process."""

import os
from typing import Any

from correct.server import Plugin

CAUGHT_BY = "errors.plugin-exit"


class Broken(Plugin):
    def outcome(self, inputs: dict[str, Any]) -> tuple[int, Any]:
        if inputs["text"] == "exit":
            os._exit(3)
        return super().outcome(inputs)
