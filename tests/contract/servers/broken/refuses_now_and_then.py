"""Refuses one execution after very many good ones in a row."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "load.one-after-another"


class Broken(Plugin):
    in_a_row = 0

    def take_slot(self) -> bool:
        self.in_a_row += 1
        return self.in_a_row <= 150 and super().take_slot()

    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("text") != "hello" or "options" not in given or given.get("seconds"):
            self.in_a_row = 0
        return super().inputs(given)
