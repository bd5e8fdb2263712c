"""Is off by one at a maximum."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.invalid"


class Broken(Careful):
    def is_too_large(self, value: Any, definition: dict[str, Any]) -> bool:
        return "maximum" in definition and value > definition["maximum"] + 1
