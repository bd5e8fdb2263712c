"""Compares the beginning of a text with the pattern."""

import re
from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.invalid"


class Broken(Careful):
    def matches(self, pattern: str, text: Any) -> bool:
        return re.match(pattern.rstrip("$"), text) is not None
