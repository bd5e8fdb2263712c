"""Checks the first item of a list alone."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.invalid"


class Broken(Careful):
    def are_items(self, values: list[Any], kind: str) -> bool:
        return super().are_items(values[:1], kind)
