"""Breaks on numbers of more than 32 bits."""

import struct
from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.valid"


class Broken(Careful):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        values = super().inputs(given)
        struct.pack(">i", int(values["ratio"] or 0))
        return values
