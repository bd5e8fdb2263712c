"""Breaks on a list without items."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.valid"


class Broken(Careful):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        values = super().inputs(given)
        if values["tags"] is not None:
            values["first"] = values["tags"][0]
        return values
