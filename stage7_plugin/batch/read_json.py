"""Batch files in JSON, and in JSON lines: one plugin on each line."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator
from typing import Any

from stage7_plugin.batch.entries import Entry, Field, Fleet, Unreadable
from stage7_plugin.spec import strict_json

_SPACE = re.compile(r"[ \t\r\n]*")


def read_json(text: str, fleet: Fleet) -> None:
    """Read a whole file into `fleet`. Raises Unreadable."""
    _Reader(text, fleet).read_file()


def read_json_lines(text: str, fleet: Fleet) -> None:
    """Read a file of one object per line into `fleet`; `{"defaults": {...}}` sets the defaults.

    A line that is wrong becomes a problem, and the next one is read.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        reader = _Reader(line, fleet, number)
        try:
            reader.read_line()
        except Unreadable as error:
            fleet.fault(number, "plugins", line.strip(), error.rule, '{"plugin_name": "Text Echo"}')


class _Reader:
    """Walks down to the plugins itself, to know the lines; each value is then left to json."""

    def __init__(self, text: str, fleet: Fleet, first_line: int = 1) -> None:
        self._text = text
        self._fleet = fleet
        self._first_line = first_line
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._at = 0

    def read_file(self) -> None:
        if self._peek() != "{":
            raise self._unreadable("must be a JSON object with the key plugins")
        seen: set[str] = set()
        for key, line in self._keys():
            if key in seen:
                self._fleet.key_twice(line, key)
            seen.add(key)
            if key == "defaults" and self._peek() == "{":
                self._fleet.defaults = self._entry()
            elif key == "plugins" and self._peek() == "[":
                self._plugins()
            else:
                value, _ = self._value()
                if key in ("defaults", "plugins"):
                    kind = "an object" if key == "defaults" else "a list of objects"
                    self._fleet.fault(line, key, value, f"{key} must be {kind}")
                elif not key.startswith("x-"):
                    self._fleet.unknown_section(line, key)
        self._end()

    def read_line(self) -> None:
        if self._peek() != "{":
            raise self._unreadable("each line must be a JSON object")
        entry = self._entry()
        self._end()
        defaults = entry.fields.get("defaults")
        if defaults is None:
            self._fleet.plugins.append(entry)
        elif len(entry.fields) > 1 or not isinstance(defaults.value, dict):
            rule = "a line with defaults must be one object under that key and nothing else"
            raise Unreadable(self._first_line, rule)
        else:
            values = {key: Field(entry.line, _text(v)) for key, v in defaults.value.items()}
            self._fleet.defaults = Entry(entry.line, values)

    def _plugins(self) -> None:
        for _ in self._items("[", "]"):
            line = self._line()
            if self._peek() == "{":
                self._fleet.plugins.append(self._entry())
            else:
                value, _text_of_it = self._value()
                rule = "each plugin must be an object of prompts and values"
                self._fleet.fault(line, "plugins", value, rule)

    def _entry(self) -> Entry:
        line = self._line()
        fields: dict[str, Field] = {}
        for key, key_line in self._keys():
            value, written = self._value()
            if key in fields:
                self._fleet.key_twice(key_line, key)
            plain = isinstance(value, (bool, int, float))
            fields[key] = Field(key_line, written if plain else value)
        return Entry(line, fields)

    def _keys(self) -> Iterator[tuple[str, int]]:
        """The keys of the object that begins here; the caller reads each value."""
        for _ in self._items("{", "}"):
            line = self._line()
            key, _written = self._value()
            if not isinstance(key, str):
                raise self._unreadable("must be JSON: a key must be a string")
            if self._peek() != ":":
                raise self._unreadable("must be JSON: there must be a : after a key")
            self._at += 1
            yield key, line

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        """Once for each item of what begins here; the caller reads the item."""
        assert self._peek() == opening
        self._at += 1
        if self._peek() == closing:
            self._at += 1
            return
        while True:
            self._peek()
            yield
            mark = self._peek()
            self._at += 1
            if mark == closing:
                return
            if mark != ",":
                self._at -= 1
                raise self._unreadable(f"must be JSON: , or {closing} is missing")

    def _value(self) -> tuple[Any, str]:
        """The value that begins here, and its text."""
        self._peek()
        start = self._at
        try:
            value, self._at = strict_json.decode_at(self._text, start)
        except ValueError as error:
            if isinstance(error.__cause__, json.JSONDecodeError):
                self._at = error.__cause__.pos
                raise self._unreadable(f"must be JSON: {error.__cause__.msg}") from error
            raise self._unreadable(f"must be JSON: {error}") from error
        return value, self._text[start : self._at]

    def _peek(self) -> str:
        match = _SPACE.match(self._text, self._at)
        if match:
            self._at = match.end()
        return self._text[self._at : self._at + 1]

    def _end(self) -> None:
        if self._peek():
            raise self._unreadable("must be JSON: there is more text after its end")

    def _line(self) -> int:
        return self._first_line + bisect.bisect_left(self._breaks, self._at)

    def _unreadable(self, rule: str) -> Unreadable:
        return Unreadable(self._line(), rule)


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value
