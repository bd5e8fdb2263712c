"""What to make of a manifest: inputs that it allows, inputs that it forbids, and in between.

A server may convert what has only one reading (the text "5" for a number, JSON text for an object):
such values are neither allowed nor forbidden here. Values that the host never sends are not made.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stage7_plugin.spec.constraints import compiled, faults
from stage7_plugin.spec.sample_inputs import sample_value
from stage7_plugin.spec.value_types import has_type

Definition = Mapping[str, Any]
_LARGEST = 2**53
"""Integers beyond it are rounded on their way through the host."""
_LONGEST = 40
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=_LONGEST)
_NUMBERS = st.one_of(
    st.integers(-_LARGEST, _LARGEST), st.floats(allow_nan=False, allow_infinity=False)
)
_JSON: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_FORMATS: Mapping[str, SearchStrategy[str]] = {
    "uri": st.from_regex(r"https?://[a-z]{1,10}\.example(/[a-z0-9-]{0,8}){0,3}", fullmatch=True),
    "email": st.from_regex(r"[a-z.]{1,10}@[a-z]{1,10}\.example", fullmatch=True),
    "date": st.dates().map(str),
    "date-time": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    "base64": st.binary(max_size=_LONGEST).map(lambda raw: base64.b64encode(raw).decode()),
}


def allowed_inputs(definitions: Sequence[Definition]) -> SearchStrategy[dict[str, Any]]:
    """Inputs that the manifest allows, raw or in envelopes, under a name or an alias."""
    parts = []
    for definition in definitions:
        sent = _sent(definition)
        if not definition.get("required"):
            sent = st.one_of(st.just({}), st.just({definition["name"]: None}), sent)
        parts.append(sent)
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def forbidden_inputs(
    definitions: Sequence[Definition], samples: Mapping[str, Any]
) -> SearchStrategy[tuple[str, dict[str, Any]]]:
    """The name of an input, and sample inputs with a value for it that the manifest forbids."""
    choices: list[SearchStrategy[tuple[str, dict[str, Any]]]] = []
    for definition in definitions:
        name = definition["name"]
        if definition.get("required") and not {"default", "defaultValue"} & definition.keys():
            choices.append(st.just((name, {n: v for n, v in samples.items() if n != name})))
        if definition["type"] != "any":
            near = st.sampled_from(_near_misses(definition))
            wrong = st.one_of(near, _JSON.filter(_forbidden_for(definition)))
            choices.append(_beside(samples, name, wrong))
    return st.one_of(choices)


def nearly_allowed_inputs(
    definitions: Sequence[Definition], samples: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """The same, of values that are wrong by little, and always the same ones."""
    return [
        (definition["name"], {**samples, definition["name"]: value})
        for definition in definitions
        if definition["type"] != "any"
        for value in _near_misses(definition)
    ]


def convertible_inputs(
    definitions: Sequence[Definition], samples: Mapping[str, Any]
) -> SearchStrategy[tuple[str, dict[str, Any]]]:
    """The name of an input, and sample inputs with its value in another type of one reading."""
    choices: list[SearchStrategy[tuple[str, dict[str, Any]]]] = []
    for definition in definitions:
        name, kind = definition["name"], definition["type"]
        if kind in ("number", "boolean", "array", "object"):
            found: SearchStrategy[Any] = allowed_values(definition).map(json.dumps)
        elif kind == "string":
            found = _NUMBERS.filter(_fits_as_text(definition))
        else:
            continue
        choices.append(_beside(samples, name, found))
    return st.one_of(choices)


def allowed_values(definition: Definition) -> SearchStrategy[Any]:
    """Values that a definition allows and the host would send."""
    required = definition.get("required", False)
    return _typed(definition).filter(
        # The host refuses what is false of a required input; an object with a value is an envelope.
        lambda v: (
            not faults(v, dict(definition))
            and (v not in (None, "", 0, [], {}) or not required)
            and not (isinstance(v, dict) and "value" in v)
        )
    )


def is_convertible(value: Any, kind: str) -> bool:
    """Whether a value of another type has one reading in this one."""
    return _reading(value, kind) is not None


def _reading(value: Any, kind: str) -> Any:
    """Return a value of another type in its one reading in this one; None if it has none."""
    if kind == "string":
        return json.dumps(value) if isinstance(value, (int, float)) else None
    if not isinstance(value, str):
        return None
    try:
        found = json.loads(value.lower() if kind == "boolean" else value)
    except (ValueError, RecursionError):
        return None
    return found if has_type(found, kind) else None


def _typed(definition: Definition) -> SearchStrategy[Any]:
    """Return values of the type, shaped by the constraints; they may still break some."""
    kind = definition["type"]
    if "enum" in definition:
        return st.sampled_from(definition["enum"])
    if kind == "string":
        return _text(definition)
    if kind == "number":
        return _number(definition)
    if kind == "boolean":
        return st.booleans()
    if kind == "array":
        items = allowed_values(definition["items"]) if "items" in definition else _JSON
        least = definition.get("minItems", 0)
        most = min(definition.get("maxItems", least + 5), least + 5)
        return st.lists(items, min_size=least, max_size=most)
    if kind == "object":
        return st.dictionaries(_TEXTS, _JSON, max_size=3)
    return _JSON


def _number(definition: Definition) -> SearchStrategy[Any]:
    low, high = definition.get("minimum"), definition.get("maximum")
    first = -_LARGEST if low is None else math.ceil(low)
    last = _LARGEST if high is None else math.floor(high)
    whole = st.integers(first, last) if first <= last else st.nothing()
    return whole | st.floats(low, high, allow_nan=False, allow_infinity=False)


def _text(definition: Definition) -> SearchStrategy[str]:
    least = definition.get("minLength", 0)
    most = min(definition.get("maxLength", least + _LONGEST), least + _LONGEST)
    if "pattern" in definition:
        return st.from_regex(compiled(definition["pattern"]))
    if definition.get("format") in _FORMATS:
        return _FORMATS[definition["format"]]
    return st.text(st.characters(codec="utf-8"), min_size=least, max_size=most)


def _near_misses(definition: Definition) -> list[Any]:
    """Return values that are wrong by little."""
    value = sample_value(definition)
    found: list[Any] = [None]
    found += [
        definition[key] + step
        for key in ("minimum", "maximum")
        for step in (-1, 1, -0.5, 0.5)
        if key in definition
    ]
    for text in definition.get("enum", [value]):
        if isinstance(text, str):
            found += [f"{text} ", f"{text}x", f"x{text}", text.upper(), text.lower(), text[:-1], ""]
    least, most = definition.get("minLength", 0), definition.get("maxLength", -1)
    found += ["x" * (least - 1), "x" * (most + 1)]
    if isinstance(value, list):
        item = value[:1] or [1]
        most = definition.get("maxItems", -1)
        found += [[], [*value, None], [*value, {}], [*value, 1], [*value, "x"], item * (most + 1)]
    found += [True, 1, "1", {}]
    is_forbidden = _forbidden_for(definition)
    return [value for value in found if is_forbidden(value)]


def _forbidden_for(definition: Definition) -> Callable[[Any], bool]:
    kind = definition["type"]

    def is_forbidden(value: Any) -> bool:
        if value is None:
            return bool(definition.get("required"))
        if isinstance(value, dict) and "value" in value:
            return False
        if has_type(value, kind):
            return bool(faults(_with_items_read(value, definition), dict(definition)))
        return not is_convertible(value, kind)

    return is_forbidden


def _with_items_read(value: Any, definition: Definition) -> Any:
    """Return the value; of a list, the items of another type in their one reading."""
    if "items" not in definition:
        return value
    kind = definition["items"]["type"]
    read = [None if has_type(item, kind) else _reading(item, kind) for item in value]
    return [given if found is None else found for given, found in zip(value, read, strict=True)]


def _fits_as_text(definition: Definition) -> Callable[[Any], bool]:
    return lambda v: bool(v) and not faults(json.dumps(v), dict(definition))


def _beside(
    samples: Mapping[str, Any], name: str, values: SearchStrategy[Any]
) -> SearchStrategy[tuple[str, dict[str, Any]]]:
    """Return the name, and the samples with a value of its own for it."""
    return values.map(lambda value: (name, {**samples, name: value}))


def _sent(definition: Definition) -> SearchStrategy[dict[str, Any]]:
    """Return an input in one of the forms in which the host sends it."""
    name, kind = definition["name"], definition["type"]
    keys = st.sampled_from([name, *definition.get("aliases", [])])

    def forms(value: Any) -> list[Any]:
        envelope = {"value": value, "args": {}}
        return [value, envelope, {"inputName": name, "valueType": kind, **envelope}]

    return st.builds(
        lambda key, value, form: {key: forms(value)[form]},
        keys,
        allowed_values(definition),
        st.integers(0, 2),
    )
