"""Breaks on null for an optional input."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.valid"


class Broken(Careful):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        for name in given:
            if given[name] is None and name != "text":
                raise TypeError(name)
        return super().inputs(given)
