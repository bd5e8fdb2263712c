"""What a value must be beyond its type: the one definition of each constraint.

A definition of an input or output in manifest.json may carry these keys, named as in JSON Schema;
the host ignores them. This file is also in every plugin, for the check of a request: `make schema`
copies it, so it needs only the standard library. No message holds a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from plugin_runtime.value_types import is_type as has_type

LONGEST_MATCHED = 2000
"""Characters that a pattern is tried on; some patterns take quadratic time, which blocks health."""

_MOST_ITEMS = 10  # wrong ones that are named: a list may have a million

_URI = r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+"
_EMAIL = r"[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)*"
_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)"


class Format(NamedTuple):
    """One format of a text.

    Attributes:
        is_met: Tells whether a text has the format.
        rule: Completes "must be ...", with an example.
        sample: A text of the format.
    """

    is_met: Callable[[str], bool]
    rule: str
    sample: str


@lru_cache(maxsize=64)
def compiled(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern to the meaning that JSON Schema gives it.

    Python's own `$` also matches before a last line break, and its \d any digit of Unicode. In a
    class, Python warns of `[[`, `--`, `&&`, `~~` and `||`, which it may read as sets one day.

    Raises:
        re.error: It is not a regular expression.
    """
    parts = re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
    return re.compile("".join(map(_as_json_schema_reads_it, parts)), re.ASCII)


def _as_json_schema_reads_it(part: str) -> str:
    if part == "$":
        return r"\Z"
    if len(part) == 1 or part[0] != "[":
        return part
    start = 2 if part[1] == "^" else 1
    character = r"(\\x[0-9A-Fa-f]{2}|\\0[0-7]{0,2}|\\.|.)"
    ranges = re.findall(rf"{character}(?:(-){character})?", part[start:-1], re.DOTALL)
    return part[:start] + "".join(_escaped(a) + to + _escaped(b) for a, to, b in ranges) + "]"


def _escaped(character: str) -> str:
    return f"\\{character}" if character in {"[", "-", "&", "~", "|"} else character


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


def _is_date(text: str) -> bool:
    found = re.fullmatch(_DATE, text, re.ASCII)
    return found is not None and _is_day(*map(int, found.groups()))


def _is_day(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1]


def _is_date_time(text: str) -> bool:
    lowered = text.lower()
    is_time = re.fullmatch(_TIME, lowered[11:], re.ASCII) is not None
    return lowered[10:11] == "t" and is_time and _is_date(text[:10])


def _is_base64(text: str) -> bool:
    return len(text) % 4 == 0 and re.fullmatch("[A-Za-z0-9+/]*={0,2}", text) is not None


FORMATS = {
    "uri": Format(_matches(_URI), "a URI, such as https://example.com/", "https://example.com/"),
    "email": Format(
        _matches(_EMAIL), "an email address, such as ada@example.com", "ada@example.com"
    ),
    "date": Format(_is_date, "a date, such as 2026-01-31", "2026-01-31"),
    "date-time": Format(
        _is_date_time, "a date and time such as 2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"
    ),
    "base64": Format(_is_base64, "base64 text with padding, such as aGVsbG8=", "aGVsbG8="),
}

APPLIES_TO = {
    "enum": ("string", "number"),
    "minimum": ("number",),
    "maximum": ("number",),
    "minLength": ("string",),
    "maxLength": ("string",),
    "minItems": ("array",),
    "maxItems": ("array",),
    "pattern": ("string",),
    "format": ("string",),
    "contentMediaType": ("string",),
    "items": ("array",),
}
"""The constraints, and the types of the manifest that each is for."""

BOUNDS = {
    "number": ("minimum", "maximum"),
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
}
"""What bounds a value of a type from below and above, or its length."""


WrongPattern = re.error


def prepare(definition: dict[str, Any] | None) -> None:
    """Compile the patterns of a definition, so that no request waits for that.

    Raises:
        WrongPattern: One is not a regular expression.
    """
    while definition is not None:
        if "pattern" in definition:
            compiled(definition["pattern"])
        definition = definition.get("items")


def is_constrained(definition: dict[str, Any]) -> bool:
    """Tell whether a definition has a constraint."""
    return not APPLIES_TO.keys().isdisjoint(definition)


def faults(value: Any, definition: dict[str, Any]) -> list[str]:
    """List every constraint that a value breaks, as "must be at most 100".

    Args:
        value: Of the definition's type.
        definition: As in manifest.json, or the `items` of one.
    """
    return list(_faults(value, definition))


def _shown(choices: list[Any]) -> list[str]:
    """Return choices as text, all quoted if any is empty or has a comma or white space."""
    texts = list(map(str, choices))
    if all(re.fullmatch(r"[^\s,]+", text) for text in texts):
        return texts
    return [json.dumps(text, ensure_ascii=False) for text in texts]


def _faults(value: Any, definition: dict[str, Any]) -> Iterator[str]:
    if "enum" in definition and value not in definition["enum"]:
        yield f"must be one of {', '.join(_shown(definition['enum']))}"
    if has_type(value, "number"):
        for bound in _bounds(value, "number", definition):
            yield f"must be {bound}"
    elif isinstance(value, str):
        for bound in _bounds(len(value), "string", definition):
            yield f"must have {bound} {'character' if bound.endswith(' 1') else 'characters'}"
        yield from _text(value, definition)
    elif isinstance(value, (list, tuple)):
        for bound in _bounds(len(value), "array", definition):
            yield f"must have {bound} {'item' if bound.endswith(' 1') else 'items'}"
        yield from _items(value, definition)


def _bounds(size: float, kind: str, definition: dict[str, Any]) -> Iterator[str]:
    least, most = (definition.get(key) for key in BOUNDS[kind])
    if least is not None and size < least:
        yield f"at least {least}"
    if most is not None and size > most:
        yield f"at most {most}"


def _text(value: str, definition: dict[str, Any]) -> Iterator[str]:
    pattern = definition.get("pattern")
    if pattern is not None:
        if len(value) > LONGEST_MATCHED:
            if definition.get("maxLength", len(value)) >= len(value):
                yield f"must have at most {LONGEST_MATCHED} characters"
        elif compiled(pattern).search(value) is None:
            yield f"must match the pattern {pattern}"
    known = FORMATS.get(definition.get("format", ""))
    if known is not None and not known.is_met(value):
        yield f"must be {known.rule}"


def _items(value: Any, definition: dict[str, Any]) -> Iterator[str]:
    wanted = definition.get("items")
    if wanted is None:
        return
    kind, constrained = wanted["type"], is_constrained(wanted)
    wrong = 0
    for number, item in enumerate(value, 1):
        if kind != "any" and not has_type(item, kind):
            found = [f"must be of type {kind}"]
        else:
            found = faults(item, wanted) if constrained else []
        yield from (f"item {number} {fault}" for fault in found)
        wrong += bool(found)
        if wrong == _MOST_ITEMS:
            return
