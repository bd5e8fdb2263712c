"""Request bodies: JSON as RFC 8259 has it, and nothing that another reader could take otherwise."""

import gc
import json
import threading
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LARGE = 256 * 1024  # bytes; from here on only one body is decoded at a time
_decoding = threading.Lock()


class Encoder(json.JSONEncoder):
    """A `JSONEncoder` with methods of its own, so that no plugin that replaces them changes it."""

    encode = json.JSONEncoder.encode
    iterencode = json.JSONEncoder.iterencode


ENCODER = Encoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Decoder(json.JSONDecoder):
    """The same of a `JSONDecoder`."""

    decode = json.JSONDecoder.decode
    raw_decode = json.JSONDecoder.raw_decode


class BadJson(ValueError):
    """The body is refused; the text is one sentence for the caller."""


def loads(body: bytes | bytearray, max_depth: int) -> Any:
    """Parse a UTF-8 JSON text.

    Refused, besides malformed JSON: a key that occurs twice, NaN and Infinity, numbers that no
    double can hold, lone surrogates, nesting deeper than `max_depth`. A byte order mark, which some
    editors write, is passed over.

    Raises:
        BadJson: with what is wrong and where.
    """
    if len(body) < LARGE:
        return _decode(body, max_depth)
    # Decoding holds the interpreter while it makes lists and strings: one at a time, or health
    # would wait for all of them; without the garbage collector, which would find nothing.
    with _decoding:
        collecting = gc.isenabled()
        gc.disable()
        try:
            return _decode(body, max_depth)
        finally:
            if collecting:
                gc.enable()


def _decode(body: bytes | bytearray, max_depth: int) -> Any:
    too_deep = f"The JSON is nested deeper than {max_depth} levels."
    if body.startswith(BYTE_ORDER_MARK):
        body = body[len(BYTE_ORDER_MARK) :]
    try:
        text = body.decode("utf-8")
        value = DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise BadJson(f"The body is not valid UTF-8 at byte {error.start}.") from None
    except RecursionError:
        raise BadJson(too_deep) from None
    except JSONDecodeError as error:
        raise BadJson(
            f"The body is not valid JSON: {error.msg} at line {error.lineno} column {error.colno}."
        ) from None
    # Counting is quick, and only a text with this many brackets can be too deep.
    if body.count(b"[") + body.count(b"{") > max_depth and _is_deeper(value, max_depth):
        raise BadJson(too_deep)
    # An escape that can produce a lone surrogate starts with \\ud or \\uD.
    if 0x5C in body and (b"\\ud" in body or b"\\uD" in body):  # the backslash alone is quick
        _refuse_lone_surrogates(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise BadJson(f"The JSON has the key {_shown(key)} twice in one object.")
            seen.add(key)
    return found


def _shown(key: str) -> str:
    """A key as a message may show it; a non-identifier could be a misplaced secret."""
    return repr(key) if len(key) <= 40 and key.isidentifier() else f"of {len(key)} characters"


def _no_constant(name: str) -> None:
    raise BadJson(f"The JSON contains {name}, which is not valid JSON.")


def _bounded_int(digits: str) -> int:
    # Python refuses more than 4300 digits with an error of its own; no double has over 309.
    if len(digits) <= 310:
        number = int(digits)
        try:
            float(number)  # a double is what other languages read
        except OverflowError:
            pass
        else:
            return number
    raise BadJson(f"The JSON contains an integer of {len(digits.lstrip('-'))} digits: too large.")


def _finite_float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise BadJson(f"The JSON contains the number {digits[:40]}, which is too large.")
    return number


DECODER = Decoder(
    object_pairs_hook=_unique,
    parse_constant=_no_constant,
    parse_int=_bounded_int,
    parse_float=_finite_float,
)


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _refuse_lone_surrogates(value: Any) -> None:
    for text in strings_in(value):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise BadJson("The JSON contains half of a surrogate pair, not a character.") from None


def strings_in(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)
