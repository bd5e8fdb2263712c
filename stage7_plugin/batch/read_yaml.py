"""Batch files in YAML.

Read from the parser's events, so that a large file never stands in memory as a tree of nodes, and
so that a value keeps the text that its author typed: `version: 1.10` is no number, `git_init: no`
is no boolean. Only inside of lists and mappings do plain scalars become JSON values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from stage7_plugin.batch.entries import Entry, Field, Fleet, Unreadable
from stage7_plugin.spec import strict_json

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_DEEPEST = 50


def read_yaml(text: str, fleet: Fleet) -> None:
    """Read a whole file into `fleet`. Raises Unreadable."""
    try:
        _Reader(text, fleet).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "it cannot be parsed"
        raise Unreadable(mark.line + 1 if mark else 1, f"must be YAML: {reason}") from error
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        reason = getattr(error, "reason", str(error))
        raise Unreadable(line, f"must be YAML: {reason}") from error


class _Reader:
    def __init__(self, text: str, fleet: Fleet) -> None:
        self._events: Iterator[Event] = yaml.parse(text, Loader=_LOADER)
        self._fleet = fleet
        self._anchors: dict[str, Any] = {}

    def read(self) -> None:
        event = self._next()
        while not isinstance(event, (DocumentStartEvent, StreamEndEvent)):
            event = self._next()
        if isinstance(event, StreamEndEvent):
            raise Unreadable(1, "must not be empty")
        event = self._next()
        if not isinstance(event, MappingStartEvent):
            raise Unreadable(_line(event), "must be a mapping with the key plugins")
        seen: set[str] = set()
        for key, line in self._keys():
            if key in seen:
                self._fleet.key_twice(line, key)
            seen.add(key)
            self._section(key, line, self._next())
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                raise Unreadable(_line(event), "must be one YAML document")

    def _section(self, key: str, line: int, event: Event) -> None:
        if key == "defaults" and isinstance(event, MappingStartEvent):
            self._fleet.defaults = self._entry(event)
        elif key == "plugins" and isinstance(event, SequenceStartEvent):
            while not isinstance(event := self._next(), SequenceEndEvent):
                if isinstance(event, MappingStartEvent):
                    self._fleet.plugins.append(self._entry(event))
                else:
                    value = self._value(event)
                    rule = "each plugin must be a mapping of prompts to values"
                    self._fleet.fault(_line(event), "plugins", value, rule)
        else:
            value = self._value(event)
            if key in ("defaults", "plugins"):
                kind = "a mapping" if key == "defaults" else "a list of mappings"
                self._fleet.fault(line, key, value, f"{key} must be {kind}")
            else:
                self._fleet.unknown_section(line, key)

    def _entry(self, start: Event) -> Entry:
        fields: dict[str, Field] = {}
        for key, line in self._keys():
            if key in fields:
                self._fleet.key_twice(line, key)
            fields[key] = Field(line, self._field_value(self._next()))
        return Entry(_line(start), fields)

    def _keys(self) -> Iterator[tuple[str, int]]:
        """The keys of the mapping that has begun; the caller reads each value."""
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise Unreadable(_line(event), "a key must be a plain word")
            yield event.value, _line(event)

    def _field_value(self, event: Event) -> Any:
        """A value right under a plugin: a scalar is the text that was typed."""
        if isinstance(event, AliasEvent):
            value = self._value(event)
            return value if isinstance(value, (str, list, dict)) else str(value)
        value = self._value(event)
        if isinstance(event, ScalarEvent) and not (value is None and event.value):
            return event.value
        return value

    def _value(self, event: Event, depth: int = 0) -> Any:
        value: Any
        if depth > _DEEPEST:
            raise Unreadable(_line(event), f"must not be nested deeper than {_DEEPEST} levels")
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise Unreadable(_line(event), f"there is no anchor &{event.anchor} before this")
            return self._anchors[event.anchor]
        if isinstance(event, ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, SequenceStartEvent):
            value = []
            while not isinstance(item := self._next(), SequenceEndEvent):
                value.append(self._value(item, depth + 1))
        else:
            value = {}
            for key, line in self._keys():
                if key in value:
                    self._fleet.key_twice(line, key)
                value[key] = self._value(self._next(), depth + 1)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[anchor] = value
        return value

    def _next(self) -> Event:
        return next(self._events)


def _scalar(event: ScalarEvent) -> Any:
    """The JSON value of a scalar: a plain number, true, false or null, and text otherwise."""
    text: str = event.value
    if event.style:  # quoted, or a block
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _JSON_NUMBER.fullmatch(text):
        try:
            return strict_json.decode(text)
        except ValueError:  # beyond the largest float
            return text
    return text


def _line(event: Event) -> int:
    mark = event.start_mark
    return int(mark.line) + 1 if mark else 1
