"""Returns null for a text beyond ASCII."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.outputs"


class Broken(Careful):
    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        outputs = super().logic(inputs)
        return outputs if inputs["text"].isascii() else {**outputs, "result": None}
