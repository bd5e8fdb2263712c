"""Takes an allowed value in capital letters."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.invalid"


class Broken(Careful):
    def is_listed(self, value: Any, values: list[Any]) -> bool:
        return value.lower() in values
