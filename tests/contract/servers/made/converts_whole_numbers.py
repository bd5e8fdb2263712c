"""Converts text to a number, and breaks on a fraction."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.convertible"


class Broken(Careful):
    def unwrap(self, value: Any, kind: str) -> Any:
        value = super().unwrap(value, kind)
        if kind != "number" or not isinstance(value, str):
            return value
        try:
            float(value)
        except ValueError:
            return value
        return int(value)
