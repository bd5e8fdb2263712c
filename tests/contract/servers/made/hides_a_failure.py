"""Answers an odd number with a page of its own."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.valid"


class Broken(Careful):
    def execute(self, body: bytes) -> tuple[int, Any]:
        ratio = self.parse(body)["inputs"].get("ratio")
        return (500, "<h1>Oops</h1>") if ratio == 0 else super().execute(body)
