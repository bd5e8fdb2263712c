"""A type in the one-line notation: its name, the type of items, and constraints in parentheses.

string(km|mi)   number(1..100)   string(/^[a-z]+$/, e.g. abc)   array<string>(1..5)
"""

from __future__ import annotations

import re
from typing import Any

from stage7_plugin.errors import Stage7PluginError
from stage7_plugin.spec import strict_json
from stage7_plugin.spec.constraints import BOUNDS, FORMATS
from stage7_plugin.spec.value_types import TYPES

_WORD = re.compile(r"\w*")
_SPACES = re.compile(r"[ \t]*")
_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})?[ \t]*\.\.[ \t]*({_NUMBER})?(?=[ \t]*[,)])")
_PATTERN = re.compile(r"/((?:\\.|[^/\\\n])+)/")
_FORMAT = re.compile(r"([a-z][a-z0-9-]*)(?:[ \t]+([\w.+-]+/[\w.+-]+))?(?=[ \t]*[,)])")
_EXAMPLES = re.compile(r"e\.g\.[ \t]*")
_BARE = re.compile(r'[^"|,()\n;]+')

_FORM = (
    "constraints are choices (km|mi), a range (1..100), a pattern (/^[a-z]+$/), examples "
    f"(e.g. Berlin) or a format ({', '.join(FORMATS)}), separated by commas"
)


class NotationError(Stage7PluginError):
    """An entry breaks the notation; carries the rule and where reading stopped."""

    def __init__(self, rule: str, position: int) -> None:
        super().__init__(rule)
        self.rule = rule
        self.position = position


def skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Return the position behind the pattern, or the same if it does not match there."""
    match = pattern.match(text, position)
    return match.end() if match else position


def read_type(text: str, position: int) -> tuple[dict[str, Any], int]:
    """Read a type with its constraints.

    Returns:
        The keys of the definition, and the position behind the type.

    Raises:
        NotationError: It is not written as the notation wants it.
    """
    start, position = position, skip(_WORD, text, position)
    kind = text[start:position]
    found: dict[str, Any] = {"type": kind}
    if kind not in TYPES and text[position : position + 1] in ("<", "("):
        raise NotationError(f"a type must be one of {', '.join(TYPES)}", position)
    if text[position : position + 1] == "<":
        found["items"], position = read_type(text, skip(_SPACES, text, position + 1))
        position = skip(_SPACES, text, position)
        if text[position : position + 1] != ">":
            raise NotationError("the type of items must be between < and >: array<string>", start)
        position += 1
    opening = skip(_SPACES, text, position)
    if text[opening : opening + 1] == "(":
        return _constraints(text, opening + 1, found)
    return found, position


def _constraints(text: str, position: int, found: dict[str, Any]) -> tuple[dict[str, Any], int]:
    while True:
        position = skip(_SPACES, text, position)
        before = position
        one, position = _constraint(text, position, found["type"])
        twice = one.keys() & found.keys()
        if twice:
            raise NotationError(f"{min(twice)} is given twice", before)
        found |= one
        position = skip(_SPACES, text, position)
        mark = text[position : position + 1]
        position += 1
        if mark == ")":
            return found, position
        if mark != ",":
            raise NotationError(_FORM, before)


def _constraint(text: str, position: int, kind: str) -> tuple[dict[str, Any], int]:
    """Read one constraint: what its first characters tell it is."""
    if match := _PATTERN.match(text, position):
        return {"pattern": match[1].replace(r"\/", "/")}, match.end()
    if match := _EXAMPLES.match(text, position):
        values, position = _values(text, match.end(), kind)
        one = len(values) == 1
        return ({"example": values[0]} if one else {"examples": values}), position
    if (match := _RANGE.match(text, position)) and (match[1] or match[2]):
        return _range(match, kind), match.end()
    match = _FORMAT.match(text, position)
    if match and match[1] in FORMATS:
        found = {"format": match[1]}
        if match[2]:
            found["contentMediaType"] = match[2]
        return found, match.end()
    values, position = _values(text, position, kind)
    if len(values) == 1:
        raise NotationError(_FORM, position)
    return {"enum": values}, position


def _range(match: re.Match[str], kind: str) -> dict[str, Any]:
    if kind not in BOUNDS:
        rule = f"a range is for {', '.join(BOUNDS)}, not for {kind}"
        raise NotationError(rule, match.end())
    try:
        limits = [strict_json.decode(one.lstrip("+")) if one else None for one in match.groups()]
    except ValueError as error:
        raise NotationError(f"the range must have two numbers: {error}", match.end()) from error
    keys = zip(BOUNDS[kind], limits, strict=True)
    return {key: limit for key, limit in keys if limit is not None}


def _values(text: str, position: int, kind: str) -> tuple[list[Any], int]:
    """Read values with | between; text needs no quotes unless it has one of "|,();."""
    found = []
    while True:
        position = skip(_SPACES, text, position)
        value, position = _value(text, position, kind)
        found.append(value)
        position = skip(_SPACES, text, position)
        if text[position : position + 1] != "|":
            return found, position
        position += 1


def _value(text: str, position: int, kind: str) -> tuple[Any, int]:
    bare = _BARE.match(text, position)
    if kind == "string" and bare is not None and not bare[0].startswith("'"):
        return bare[0].strip(), bare.end()
    try:
        return strict_json.decode_at(text, position)
    except ValueError as error:
        raise NotationError(_FORM, position) from error
