"""Measures the length of a text in bytes."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.accepted"


class Broken(Careful):
    def length(self, text: Any) -> int:
        return len(text.encode())
