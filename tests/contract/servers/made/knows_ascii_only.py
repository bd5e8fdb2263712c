"""Breaks on text beyond ASCII."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.valid"


class Broken(Careful):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        values = super().inputs(given)
        values["text"].encode("ascii")
        return values
