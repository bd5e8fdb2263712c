"""In which line of a JSON text a value is."""

from __future__ import annotations

import re
from json import JSONDecoder

_SPACE = re.compile(r"[ \t\r\n]*")
_decoder = JSONDecoder()


def line_of_path(text: str, path: str) -> int:
    """Return the line, from 1, of a value such as `container.ports[0]`, or of what holds it.

    Args:
        text: Valid JSON.
        path: Names and numbers; what is not there ends the search at what is.
    """
    position = _after_space(text, 0)
    for part in re.findall(r"\w+", path):
        inner = _member(text, position, part)
        if inner is None:
            break
        position = inner
    return text.count("\n", 0, position) + 1


def _member(text: str, position: int, wanted: str) -> int | None:
    """Return where the member of this name, or the item of this number, begins."""
    opening = text[position]
    if opening not in "{[":
        return None
    position, number = _after_space(text, position + 1), 0
    while text[position] not in "}]":
        if opening == "{":
            key, position = _decoder.raw_decode(text, position)
            position = _after_space(text, _after_space(text, position) + 1)
        else:
            key = str(number)
        if key == wanted:
            return position
        position = _after_space(text, _decoder.raw_decode(text, position)[1])
        if text[position] == ",":
            position = _after_space(text, position + 1)
        number += 1
    return None


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position
