"""Writes its log where the answer is made, and waits until it is read."""

import json
import os
from typing import Any

from correct.server import Plugin

CAUGHT_BY = "lifecycle.unread-output"


class Broken(Plugin):
    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        if inputs["text"] == "noisy":
            for number in range(2000):
                self.log(f"line {number}")
        return super().logic(inputs)

    def log(self, message: str, **fields: Any) -> None:
        line = json.dumps({"message": message.ljust(1000, "."), **fields})
        os.write(1, self.redact(line).encode() + b"\n")
