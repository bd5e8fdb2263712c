"""Values of JSON as the wrapped function wants them, and what it returns as JSON.

`stage7-plugin wrap` wrote this file, and it is yours.
"""

import base64
import collections.abc
import dataclasses
import datetime
import enum
import fractions
import sys
import types
import typing
import uuid
from decimal import Decimal
from pathlib import PurePath
from typing import Any

TEXTS: tuple[Any, ...] = (datetime.datetime, datetime.date, datetime.time)
PLAIN = (str, int, float, bool, list, dict)


def to_python(value: Any, hint: Any) -> Any:
    """Return the value of a type hint that a value of JSON stands for.

    Raises:
        ValueError, TypeError, KeyError: It stands for none.
    """
    if value is None:
        return None
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated or hasattr(hint, "__supertype__") or hasattr(hint, "__value__"):
        wanted = inner[0] if inner else getattr(hint, "__supertype__", None)
        return to_python(value, wanted or hint.__value__)
    if origin in (typing.Union, types.UnionType):
        return _one_of(value, inner)
    if origin is not None:
        return _generic(value, origin, inner)
    if not isinstance(hint, type):
        return value
    return _object(value, hint)


def to_json(value: Any) -> Any:
    """Return the value of JSON that stands for a value of Python; an unknown one as it is."""
    if isinstance(value, enum.Enum):
        return to_json(value.value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "model_dump"):  # pydantic
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, collections.abc.Mapping):
        return {str(to_json(key)): to_json(item) for key, item in value.items()}
    if isinstance(value, TEXTS):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (Decimal, fractions.Fraction)):
        return int(value) if value == value // 1 else float(value)
    if isinstance(value, (uuid.UUID, PurePath)):
        return str(value)
    if hasattr(value, "tolist"):  # numpy
        return value.tolist()
    if isinstance(value, collections.abc.Set):
        items = [to_json(item) for item in value]
        return sorted(items) if all(isinstance(item, str) for item in items) else items
    if isinstance(value, collections.abc.Iterable):
        return [to_json(item) for item in value]
    return value


def _one_of(value: Any, hints: tuple[Any, ...]) -> Any:
    """Return the value by the first of several hints that fits."""
    for hint in hints:
        if hint in PLAIN and isinstance(value, hint):
            return value
    for hint in hints:
        if hint in PLAIN or hint is type(None):
            continue
        try:
            return to_python(value, hint)
        except (ValueError, TypeError, KeyError):
            continue
    return value


def _generic(value: Any, origin: Any, inner: tuple[Any, ...]) -> Any:
    """Return the value of a hint such as `list[Point]`."""
    if not isinstance(origin, type) or not inner:
        return value
    if origin is tuple:
        hints = inner if inner[-1] is not ... else (inner[0],) * len(value)
        return tuple(to_python(item, hint) for item, hint in zip(value, hints, strict=True))
    if issubclass(origin, collections.abc.Mapping):
        return {_key(key, inner[0]): to_python(item, inner[-1]) for key, item in value.items()}
    if issubclass(origin, collections.abc.Iterable):
        items = [to_python(item, inner[0]) for item in value]
        if origin is collections.abc.Set:
            return set(items)
        return origin(items) if issubclass(origin, (set, frozenset, collections.deque)) else items
    return _object(value, origin)


def _key(key: str, hint: Any) -> Any:
    """Return the key of a mapping, which is a text in JSON."""
    return hint(key) if hint in (int, float) else to_python(key, hint)


def _object(value: Any, kind: type[Any]) -> Any:
    """Return the value of a class."""
    if isinstance(value, kind) and kind not in (dict, list):
        return value
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if hasattr(kind, "model_validate"):  # pydantic
        return kind.model_validate(value)
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields") or typing.is_typeddict(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: to_python(item, hints.get(name)) for name, item in value.items()})
    if issubclass(kind, enum.Enum):
        return kind(value)
    if issubclass(kind, TEXTS):
        return kind.fromisoformat(value)
    if issubclass(kind, datetime.timedelta):
        return kind(seconds=value)
    if issubclass(kind, (Decimal, fractions.Fraction)):
        return kind(str(value))
    if issubclass(kind, (bytes, bytearray)):
        return kind(base64.b64decode(value, validate=True))
    if issubclass(kind, (set, frozenset, tuple, uuid.UUID, PurePath)):
        return kind(value)
    if "pydantic" in sys.modules and kind.__module__.startswith("pydantic"):
        return sys.modules["pydantic"].TypeAdapter(kind).validate_python(value)
    return value
