"""Returns an output of another type than the manifest declares."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "execute.outputs-declared"


class Broken(Plugin):
    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return {**super().logic(inputs), "echoed": str(inputs["options"])}
