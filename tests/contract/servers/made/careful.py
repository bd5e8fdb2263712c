"""A correct plugin that checks constraints; the others of this folder change one method of it.

No fixed request finds what is wrong with them: it takes inputs made from the manifest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from bounds import Refused
from correct.server import Plugin


class Careful(Plugin):
    def inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        values = super().inputs(given)
        problems = [
            self.problem(definition["name"], fault)
            for definition in self.manifest["inputDefinitions"]
            if values[definition["name"]] is not None
            for fault in self.faults(values[definition["name"]], definition)
        ]
        if problems:
            raise Refused(422, "; ".join(problems))
        return values

    def problem(self, name: str, fault: str) -> str:
        return f"input '{name}' {fault}"

    def faults(self, value: Any, definition: dict[str, Any]) -> Iterator[str]:
        if "enum" in definition and not self.is_listed(value, definition["enum"]):
            yield "is not one of the allowed values"
        if value < definition["minimum"] if "minimum" in definition else False:
            yield "is too small"
        if self.is_too_large(value, definition):
            yield "is too large"
        if "maxLength" in definition and self.length(value) > definition["maxLength"]:
            yield "is too long"
        if "pattern" in definition and not self.matches(definition["pattern"], value):
            yield "does not match"
        if definition.get("format") == "date" and not self.is_date(value):
            yield "is not a date"
        if "maxItems" in definition and len(value) > definition["maxItems"]:
            yield "has too many items"
        if "items" in definition and not self.are_items(value, definition["items"]["type"]):
            yield "has items of a wrong type"

    def is_listed(self, value: Any, values: list[Any]) -> bool:
        return value in values

    def is_too_large(self, value: Any, definition: dict[str, Any]) -> bool:
        return "maximum" in definition and value > definition["maximum"]

    def length(self, text: str) -> int:
        return len(text)

    def matches(self, pattern: str, text: str) -> bool:
        return re.fullmatch(pattern, text) is not None

    def is_date(self, text: str) -> bool:
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
        return re.fullmatch("....-..-..", text) is not None

    def are_items(self, values: list[Any], kind: str) -> bool:
        return all(self.fits(item, kind) for item in values)

    def logic(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return {"result": inputs["text"], "words": inputs["tags"] or []}


Broken = Careful
