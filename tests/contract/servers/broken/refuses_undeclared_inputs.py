"""Refuses what the manifest does not declare."""

from typing import Any

from correct.server import Plugin, Refused

CAUGHT_BY = "execute.undeclared-inputs"


class Broken(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        known = {"text", "message", "options", "seconds", "pin"}
        if unknown := set(given) - known:
            raise Refused(422, f"unknown inputs: {len(unknown)}; known: {', '.join(sorted(known))}")
        return super().inputs(given)
