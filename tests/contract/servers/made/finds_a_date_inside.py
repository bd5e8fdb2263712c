"""Takes a text that has a date in it."""

import re
from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.invalid"


class Broken(Careful):
    def is_date(self, text: Any) -> bool:
        return re.search("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None
