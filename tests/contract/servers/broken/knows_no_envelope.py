"""Does not unwrap {"value": ..., "args": {}}."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "execute.envelope"


class Broken(Plugin):
    def unwrap(self, value: Any, kind: str) -> Any:
        if isinstance(value, dict) and set(value) == {"value", "args"}:
            return value
        return super().unwrap(value, kind)
