"""Does not say which input breaks a constraint."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.named"


class Broken(Careful):
    def problem(self, name: str, fault: str) -> Any:
        return f"a value {fault}"
