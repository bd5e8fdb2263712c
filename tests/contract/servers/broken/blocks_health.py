"""Answers health only when an execution's slot is free."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "load.health-under-load"


class Broken(Plugin):
    def health(self) -> tuple[int, Any]:
        with self.slots:
            return super().health()
