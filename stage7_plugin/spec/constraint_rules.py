"""Rules for the constraints of one definition, in a manifest or in an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stage7_plugin.spec.constraints import (
    APPLIES_TO,
    BOUNDS,
    FORMATS,
    LONGEST_MATCHED,
    faults,
)
from stage7_plugin.spec.problems import nearest
from stage7_plugin.spec.value_types import TYPES, has_type

Fault = tuple[object, str]
"""A value, and the rule that it breaks."""

_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+*-]+")
_MOST_CHOICES = 1000
_DEEPEST_ITEMS = 5


def constraint_faults(definition: dict[str, Any], name: str = "") -> Iterator[Fault]:
    """Yield each constraint that is wrong in itself, with the rule.

    Args:
        definition: Of an input or output; its type is one of the manifest's.
        name: What it is called in the rule, if not by its name.
    """
    name = name or str(definition.get("name"))
    kind = definition["type"]
    for key, kinds in APPLIES_TO.items():
        if key not in definition:
            continue
        if kind not in kinds:
            yield f"{name}.{key}", f"{key} is for {' and '.join(kinds)}, not for {kind}"
        else:
            for rule in _KEYS[key](definition[key], definition):
                yield definition[key], f"the {key} of {name} {rule}"
    yield from _pairs(definition, name)
    if has_type(definition.get("items"), "object"):
        yield from _items(definition["items"], f"the items of {name}")


def value_faults(definition: dict[str, Any]) -> Iterator[Fault]:
    """Yield each default and example that a constraint of its own definition refuses."""
    if next(constraint_faults(definition), None):
        return
    keys = ("defaultValue", "default", "example")
    given: list[tuple[str, Any]] = [(key, definition[key]) for key in keys if key in definition]
    examples = definition.get("examples", [])
    given += [("examples", one) for one in (examples if isinstance(examples, list) else [])]
    for key, value in given:
        if has_type(value, definition["type"]):
            for fault in faults(value, definition):
                yield value, f"the {key} of {definition.get('name')} {fault}"


def _choices(values: Any, definition: dict[str, Any]) -> Iterator[str]:
    kind = definition["type"]
    if not isinstance(values, list) or not 0 < len(values) <= _MOST_CHOICES:
        yield f"must be a list of 1 to {_MOST_CHOICES} values"
    elif not all(has_type(value, kind) for value in values):
        yield f"must contain only values of type {kind}"
    elif len(set(values)) < len(values):
        yield "must not contain a value twice"


def _number(limit: Any, _definition: Mapping[str, Any]) -> Iterator[str]:
    if not has_type(limit, "number"):
        yield "must be a number"


def _count(limit: Any, _definition: Mapping[str, Any]) -> Iterator[str]:
    if type(limit) is not int or limit < 0:
        yield "must be a whole number, 0 or more"


def _pattern(pattern: Any, _definition: Mapping[str, Any]) -> Iterator[str]:
    from stage7_plugin.spec.pattern_rules import pattern_faults  # few definitions have one

    return pattern_faults(pattern)


def _format(given: Any, definition: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(given, str) or given not in FORMATS:
        meant = nearest(str(given), FORMATS)
        hint = f" (did you mean {meant}?)" if meant else ""
        yield f"must be one of {', '.join(FORMATS)}{hint}"
    elif "pattern" in definition:
        yield "and a pattern cannot be combined: leave out one of them"


def _media_type(given: Any, definition: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(given, str) or not _MEDIA_TYPE.fullmatch(given):
        yield "must be a media type, such as image/png"
    elif definition.get("format") != "base64":
        yield 'needs the format base64: "format": "base64"'


def _item_type(items: Any, _definition: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(items, dict) or items.get("type") not in TYPES:
        known = ", ".join(TYPES)
        yield f'must be an object with a type, such as {{"type": "string"}}; types are {known}'
    elif unknown := items.keys() - {"type", "description"} - APPLIES_TO.keys():
        yield f"must not have {', '.join(sorted(map(str, unknown)))}"


_KEYS: dict[str, Callable[[Any, dict[str, Any]], Iterator[str]]] = {
    "enum": _choices,
    "minimum": _number,
    "maximum": _number,
    "minLength": _count,
    "maxLength": _count,
    "minItems": _count,
    "maxItems": _count,
    "pattern": _pattern,
    "format": _format,
    "contentMediaType": _media_type,
    "items": _item_type,
}


def _pairs(definition: dict[str, Any], name: str) -> Iterator[Fault]:
    for pair in BOUNDS.values():
        limits = [definition[key] for key in pair if has_type(definition.get(key), "number")]
        if len(limits) == 2 and limits[0] > limits[1]:
            rule = f"the {pair[0]} of {name} must not be above its {pair[1]}"
            yield f"{limits[0]}..{limits[1]}", rule
    longest: Any = definition.get("maxLength")
    if "pattern" in definition and has_type(longest, "number") and longest > LONGEST_MATCHED:
        yield longest, f"{name} has a pattern, so its maxLength must be at most {LONGEST_MATCHED}"
    if "enum" in definition:
        others = [key for key in _KEYS if key in definition and key != "enum"]
        if others:
            rule = f"{name} has an enum, which already lists every value: leave out "
            yield name, rule + ", ".join(others)


def _items(items: dict[str, Any], name: str) -> Iterator[Fault]:
    depth, inner = 1, items
    while isinstance(inner.get("items"), dict):
        depth, inner = depth + 1, inner["items"]
        if depth > _DEEPEST_ITEMS:
            yield (
                json.dumps(items)[:100],
                f"{name} must be at most {_DEEPEST_ITEMS} lists deep",
            )
            return
    if items.get("type") in TYPES:
        yield from constraint_faults(items, name)
