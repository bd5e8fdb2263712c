"""What is wrong with a value that JSON cannot carry, and what to write instead.

Imported once something is wrong. No package is imported to recognize its types: they are told by
what they can do.
"""

from typing import Any

from plugin_runtime.value_types import type_name

# An attribute of the type, and what to write in place of `value`; the first that fits is told.
BY_ATTRIBUTE = (
    ("model_dump", 'value.model_dump(mode="json")'),  # pydantic
    ("__dataclass_fields__", "dataclasses.asdict(value)"),
    ("to_dict", "value.to_dict()"),  # pandas
    ("__members__", "value.value"),  # enum
    ("isoformat", "value.isoformat()"),
    ("total_seconds", "value.total_seconds()"),
    ("__fspath__", "str(value)"),
    ("as_tuple", "float(value), or str(value) to keep every digit"),  # decimal.Decimal
    ("as_integer_ratio", "float(value)"),
    ("decode", 'value.decode() for text, or base64.b64encode(value).decode("ascii")'),
    ("tobytes", 'base64.b64encode(value).decode("ascii")'),
    ("__await__", "await value"),
    ("isdisjoint", "sorted(value)"),
    ("keys", "dict(value)"),
    ("__iter__", "list(value)"),
    ("conjugate", "[value.real, value.imag]"),
)
PLAIN = {bool: "bool(value)", int: "int(value)", float: "float(value)", str: "str(value)"}


def replacement(value: Any) -> str:
    """The expression that makes JSON of a value, such as `int(value)`."""
    kind = type(value)
    if hasattr(kind, "tolist") and not isinstance(value, memoryview):  # numpy, torch, pandas
        try:
            plain = value.tolist()
        except Exception:
            return "value.tolist()"
        return "value.tolist()" if isinstance(plain, list) else PLAIN.get(type(plain), "str(value)")
    for attribute, expression in BY_ATTRIBUTE:
        if hasattr(kind, attribute):
            return expression
    return "str(value), or the parts of it as text, numbers, lists and dictionaries"


def fault(value: Any, place: str) -> str:
    """The first thing in a value that JSON cannot carry; "" if there is none.

    Args:
        value: Anything.
        place: How to call the value; what is found in it is told as `place[0]['key']`.
    """
    try:
        return _fault(value, place, ())
    except RecursionError:
        return f"{place[:200]} is nested too deeply"


def _fault(value: Any, place: str, parents: tuple[int, ...]) -> str:
    if isinstance(value, dict | list | tuple):
        if id(value) in parents:
            return f"{place} contains itself"
        return _fault_inside(value, place, (*parents, id(value)))
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return _half_character(value, place)
    if isinstance(value, float):
        finite = value - value == 0
        return "" if finite else f"{place} is {value}, which JSON does not have; write None"
    if isinstance(value, int):
        is_long = value.bit_length() > 10_000  # Python refuses to write about 4300 digits
        return f"{place} is an integer of too many digits; write hex(value)" if is_long else ""
    return f"{place} is {type_name(value)}; write {replacement(value)}"


def _fault_inside(container: Any, place: str, parents: tuple[int, ...]) -> str:
    if not isinstance(container, dict):
        for index, item in enumerate(container):
            if found := _fault(item, f"{place}[{index}]", parents):
                return found
        return ""
    for key, item in container.items():
        if isinstance(key, str):
            found = _half_character(key, f"a key of {place}")
        elif key is None or isinstance(key, bool | int | float):
            found = "" if key == key else f"{place} has the key nan"
        else:
            found = f"{place} has a key of type {type_name(key)}; write str(key)"
        if found := found or _fault(item, f"{place}[{key!r:.80}]", parents):
            return found
    return ""


def _half_character(text: str, place: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return f'{place} has half of a surrogate pair; write value.encode("utf-8", "replace")'
    return ""
