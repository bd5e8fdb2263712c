"""Looks for an input under its name only."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "execute.aliases"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        return super().inputs({name: v for name, v in given.items() if name != "message"})
