"""JSON as the standard has it: no NaN, no infinity, no key twice, no lone surrogate."""

from __future__ import annotations

import json
import math
from typing import Any


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _integer(text: str) -> int:
    # Python reads at most 4300 digits; the largest number that a double can hold has 309.
    try:
        number = int(text[:400])
        float(number)
    except (OverflowError, ValueError):
        raise ValueError(f"the number {text[:40]}... is too large") from None
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text} is too large")
    return number


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!a} occurs twice in one object")
        found[key] = value
    return found


_DECODER = json.JSONDecoder(
    parse_constant=_no_constant,
    parse_int=_integer,
    parse_float=_finite,
    object_pairs_hook=_unique_keys,
)


def decode_at(text: str, start: int) -> tuple[Any, int]:
    """Decode the JSON value that begins at `start`.

    Returns:
        The value, and the position behind it.

    Raises:
        ValueError: There is no valid JSON value at that position; the message says why.
    """
    try:
        value, end = _DECODER.raw_decode(text, start)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at character {error.pos + 1}") from error
    except UnicodeEncodeError as error:
        raise ValueError("half of a surrogate pair is not a character") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value, end


def decode(text: str) -> Any:
    """Decode a text that is one JSON value. Raises ValueError with the reason."""
    stripped = text.strip()
    value, end = decode_at(stripped, 0)
    if end != len(stripped):
        raise ValueError(f"there is more text after character {end}")
    return value
