"""Takes true for a number."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.invalid"


class Broken(Careful):
    def fits(self, value: Any, kind: str) -> bool:
        return (kind == "number" and value is True) or super().fits(value, kind)
