"""The types of the manifest, and which JSON value has which."""

from typing import Any


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
    found = next((name for name in names if is_type(value, name)), None)
    if found is not None:
        return found
    kind = type(value)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"
