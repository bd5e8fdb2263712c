"""Takes any object with a key named value for an envelope."""

from typing import Any

from correct.server import Plugin

CAUGHT_BY = "execute.object-with-value"


class Broken(Plugin):
    def unwrap(self, value: Any, kind: str) -> Any:
        return value["value"] if isinstance(value, dict) and "value" in value else value
