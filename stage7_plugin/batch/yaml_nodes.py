"""Values of a YAML file before it is known whether their text or their JSON value is wanted."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from stage7_plugin.spec import strict_json

_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_EACH = 20  # what a value weighs beside its text; about a character's worth of JSON punctuation


class Node:
    """A scalar, a sequence or a mapping.

    Attributes:
        line: Where it begins, from 1.
        weight: Its size in characters with everything that its aliases stand for.
        height: How many levels it nests; 0 for a scalar.
    """

    line: int
    weight: int
    height: int

    @cached_property
    def json(self) -> Any:
        """The JSON value; the same object for every alias."""
        raise NotImplementedError

    @property
    def typed(self) -> Any:
        """What stands under a plugin's key: a scalar's own text, JSON values for the rest."""
        return self.json


class Scalar(Node):
    """A text, a number, true, false or null. `plain` is without quotes."""

    def __init__(self, line: int, text: str, plain: bool) -> None:
        self.line, self.text, self.plain = line, text, plain
        self.weight, self.height = _EACH + len(text), 0

    @cached_property
    def json(self) -> Any:
        """A plain number, true, false or null as JSON has it, and text otherwise."""
        if not self.plain:
            return self.text
        if self.text.lower() in _WORDS:
            return _WORDS[self.text.lower()]
        if _JSON_NUMBER.fullmatch(self.text):
            try:
                return strict_json.decode(self.text)
            except ValueError:  # beyond the largest float
                return self.text
        return self.text

    @property
    def typed(self) -> Any:
        """The text as it was typed; None for ~ and null, "" for nothing at all."""
        return None if self.text and self.json is None else self.text


class Sequence(Node):
    """A list."""

    def __init__(self, line: int, items: list[Node]) -> None:
        self.line, self.items = line, items
        self.weight = _EACH + sum(item.weight for item in items)
        self.height = 1 + max((item.height for item in items), default=0)

    @cached_property
    def json(self) -> Any:
        """A list of JSON values."""
        return [item.json for item in self.items]


class Mapping(Node):
    """A mapping; each key with the line where it stands and its value."""

    def __init__(self, line: int, fields: dict[str, tuple[int, Node]]) -> None:
        self.line, self.fields = line, fields
        self.weight = _EACH + sum(
            _EACH + len(key) + node.weight for key, (_, node) in fields.items()
        )
        self.height = 1 + max((node.height for _, node in fields.values()), default=0)

    @cached_property
    def json(self) -> Any:
        """A dictionary of JSON values."""
        return {key: node.json for key, (_, node) in self.fields.items()}
