"""Logs the inputs of an execution."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "secrets.token-in-log"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in given.items() if name != "pin"}
        self.log_lines.add(f"{shown}"[:10_000])
        return super().inputs(given)
