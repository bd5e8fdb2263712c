"""Knows the first alias of an input alone."""

from typing import Any

from made.careful import Careful

CAUGHT_BY = "generated.accepted"


class Broken(Careful):
    def __init__(self, manifest: dict[str, Any]) -> None:
        super().__init__(manifest)
        for definition in manifest["inputDefinitions"]:
            definition["aliases"] = definition.get("aliases", [])[:1]
