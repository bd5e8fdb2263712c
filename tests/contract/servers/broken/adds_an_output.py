"""Returns an output that the manifest does not declare."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "execute.outputs-declared"


class Broken(Plugin):
    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return {**super().logic(inputs), "debug": True}
