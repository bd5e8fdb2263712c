"""The host's types of values: the one table of what each means in JSON and in Python."""

from __future__ import annotations

from typing import Any, NamedTuple


class ValueType(NamedTuple):
    """One type of an input or output.

    Attributes:
        classes: The Python classes of its JSON values.
        annotation: Its type hint in Python.
        stub: A Python expression of the type, for code that is not written yet.
        sample: A value of the type.
        mistyped: A value of another type, which no conversion could save; None where there is none.
    """

    classes: tuple[type, ...]
    annotation: str
    stub: str
    sample: Any
    mistyped: Any


_ANY = (str, int, float, bool, list, dict)

VALUE_TYPES = {
    "string": ValueType((str,), "str", "STUB_ANSWER", "example", {"not": "text"}),
    "number": ValueType((int, float), "float", "0", 1, "not a number"),
    "boolean": ValueType((bool,), "bool", "False", True, "not a boolean"),
    "array": ValueType((list,), "list[Any]", "[]", ["first", "second"], 5),
    "object": ValueType((dict,), "dict[str, Any]", "{}", {"key": "value"}, 5),
    "any": ValueType(_ANY, "Any", "STUB_ANSWER", "example", None),
}
TYPES = tuple(VALUE_TYPES)


def has_type(value: Any, name: str) -> bool:
    """Tell whether a JSON value is of one of the host's types; null is of none."""
    classes = VALUE_TYPES[name].classes
    return isinstance(value, classes) and (bool in classes or not isinstance(value, bool))
