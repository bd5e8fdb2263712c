"""From what the host sends to what `execute_plugin` gets.

A value arrives raw (`"hello"`), in the documented envelope (`{"value": "hello", "args": {}}`) or
in an older one (`{"inputName", "value", "valueType", "args"}`); under its name or an alias.
"""

import copy
from typing import Any, NamedTuple

ENVELOPE_KEYS = {"value", "args", "inputName", "valueType"}


class Reading(NamedTuple):
    """One request's inputs, sorted out."""

    values: dict[str, Any]
    """Declared inputs, by name, with defaults applied."""
    args: dict[str, Any]
    """The `args` of enveloped inputs, by name."""
    undeclared: dict[str, Any]
    """Everything else, exactly as it came."""
    problems: list[str]
    """What is wrong, a sentence each; empty when the inputs are valid."""


def is_type(value: Any, name: str) -> bool:
    """Whether a JSON value has a type of the manifest; `number` admits no boolean."""
    match name:
        case "string":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list | tuple)
        case "object":
            return isinstance(value, dict)
        case _:
            return name == "any"


def type_name(value: Any) -> str:
    """What the manifest calls the type of a value; a Python name for what JSON does not have."""
    if value is None:
        return "null"
    names = ("string", "number", "boolean", "array", "object")
    return next((name for name in names if is_type(value, name)), type(value).__name__)


def read(definitions: list[dict[str, Any]], given: dict[str, Any]) -> Reading:
    """Unwrap, resolve aliases, apply defaults and check every declared input.

    `null` for an input that is not required counts as not given.
    """
    values: dict[str, Any] = {}
    args: dict[str, Any] = {}
    problems: list[str] = []
    undeclared = dict(given)
    for definition in definitions:
        name, kind = definition["name"], definition["type"]
        required = definition.get("required", False)
        key = _key_of(definition, undeclared)
        value, its_args = unwrap(undeclared.pop(key), kind) if key is not None else (None, None)
        if value is None and (key is None or not required) and not _takes_null(kind, key):
            if "default" in definition:
                # A copy, because the plugin may change what it is given.
                values[name] = copy.deepcopy(definition["default"])
            elif required:
                problems.append(f"Input '{name}' ({kind}) is required and was not given.")
            continue
        if not is_type(value, kind):
            problems.append(f"Input '{name}' must be of type {kind}, but is {type_name(value)}.")
            continue
        values[name] = value
        if its_args is not None:
            args[name] = its_args
    return Reading(values, args, undeclared, problems)


def _key_of(definition: dict[str, Any], given: dict[str, Any]) -> str | None:
    """The key under which an input came: its name before its aliases."""
    for key in (definition["name"], *definition.get("aliases", ())):
        if key in given:
            return str(key)
    return None


def _takes_null(kind: str, key: str | None) -> bool:
    return kind == "any" and key is not None


def unwrap(value: Any, kind: str) -> tuple[Any, dict[str, Any] | None]:
    """The plain value and the `args` of its envelope, if it has one."""
    if not isinstance(value, dict) or "value" not in value or not ENVELOPE_KEYS.issuperset(value):
        return value, None
    inner, args = value["value"], value.get("args")
    if kind == "object" and not isinstance(inner, dict):
        # An object of the author's that merely has a key named `value`.
        return value, None
    return inner, args if isinstance(args, dict) else {}
