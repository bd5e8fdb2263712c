"""The conditions of `stage7-plugin list --where`: one field of index.json, compared with a value.

A condition is data that is taken apart by one expression; nothing of it is ever evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stage7_plugin.errors import UserError
from stage7_plugin.spec.problems import nearest

EXAMPLES = "'packages.requests < 2.32', 'permissions has net.fetch', 'stub', 'not locked'"

_CONDITION = re.compile(
    r"\s*(?P<negated>not\s+)?(?P<field>[a-z_]+)(?:\.(?P<key>[^\s<>=!]+))?"
    r"(?:\s*(?P<operator>=|!=|<=|>=|<|>|\shas\s)\s*(?P<value>\S(?:.*\S)?))?\s*"
)
_VERSION = re.compile(r"v?([0-9]+(?:\.[0-9]+)*)(.*)")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class WhereWrong(UserError):
    """A condition cannot be understood, or compares what has no order; the text says how."""


@dataclass(frozen=True)
class Condition:
    """One condition. Several hold together if each does.

    Attributes:
        text: As it was given.
        field: A field of index.json.
        key: Of a field that is a mapping: packages.requests, labels.tier.
        operator: =, !=, <, <=, >, >=, has; empty for "there is something".
        value: What it is compared with.
    """

    text: str
    negated: bool
    field: str
    key: str
    operator: str
    value: str

    @classmethod
    def parse(cls, text: str, fields: list[str]) -> Condition:
        """Read a condition. Raises WhereWrong with the rule.

        Args:
            text: Such as `packages.requests < 2.32`.
            fields: Those that there are.
        """
        match = _CONDITION.fullmatch(text)
        if match is None:
            rule = "must be FIELD, FIELD = VALUE (or != < <= > >=) or FIELD has VALUE"
            raise WhereWrong(f"--where {text!r}: {rule}, for example {EXAMPLES}")
        field = match["field"]
        if field not in fields:
            meant = nearest(field, fields)
            hint = f"did you mean {meant}?" if meant else f"there are {', '.join(fields)}"
            raise WhereWrong(f"--where {text!r}: there is no field {field}; {hint}")
        operator = (match["operator"] or "").strip()
        negated, key = bool(match["negated"]), match["key"] or ""
        return cls(text, negated, field, key, operator, match["value"] or "")

    def holds(self, plugin: Mapping[str, Any]) -> bool:
        """Whether it holds for a plugin of index.json. Raises WhereWrong.

        Without a value to compare, as for a package that the plugin does not have, no comparison
        holds.
        """
        return self._compare(plugin.get(self.field)) is not self.negated

    def _compare(self, found: Any) -> bool:
        if self.key:
            found = found.get(self.key) if isinstance(found, dict) else None
        if not self.operator:
            return bool(found)
        if self.operator == "has":
            return isinstance(found, (list, dict)) and self.value in found
        if found is None or found == "":
            return False
        if isinstance(found, (list, dict)):
            raise WhereWrong(f"--where {self.text!r}: {self.field} has several values; use has")
        if self.operator in ("=", "!="):
            return (_same(found, self.value)) is (self.operator == "=")
        one, other = _ordered(found), _ordered(self.value)
        if one is None or other is None:
            shown = found if one is None else self.value
            raise WhereWrong(f"--where {self.text!r}: {shown!r} is neither a number nor a version")
        return _ORDERS[self.operator](one, other)


def _same(found: Any, value: str) -> bool:
    if isinstance(found, bool):
        return str(found).lower() == value.lower()
    if isinstance(found, (int, float)):
        return _ordered(found) == _ordered(value)
    return str(found) == value


def _ordered(value: Any) -> tuple[tuple[int, ...], bool, str] | None:
    """What compares numbers and versions: 2.32.0rc1 is before 2.32, which is 2.32.0."""
    match = None if isinstance(value, bool) else _VERSION.fullmatch(str(value))
    if match is None:
        return None
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    later = not match[2] or match[2].startswith((".post", "+"))
    return tuple(numbers), later, match[2]
