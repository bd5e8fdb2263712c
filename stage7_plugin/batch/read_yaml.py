"""Batch files in YAML.

Read from the parser's events, one plugin at a time, so that a large file is never a tree in memory.
A scalar directly under a plugin keeps the text that its author typed: `python_version: 3.10` is not
a number, `git_init: no` is not a boolean. Only inside lists and mappings do plain scalars become
JSON values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from stage7_plugin.batch.entries import Entry, Field, Fleet, Unreadable
from stage7_plugin.batch.yaml_nodes import Mapping, Node, Scalar, Sequence

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50
# Nine lines of aliases can stand for 10^8 values. Twenty plugins' worth of shared lists for each
# of thousands of plugins stay far below this; the figure is in Node.weight's unit.
_MOST_ALIASED = 20_000_000
_MERGE = "<<"


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
        self._anchors: dict[str, Node] = {}
        self._aliased = 0

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
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._key(event)
            if key in seen:
                self._fleet.key_twice(_line(event), key)
            seen.add(key)
            self._section(key, _line(event))
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                raise Unreadable(_line(event), "must be one YAML document")

    def _section(self, key: str, line: int) -> None:
        event = self._next()
        if key == "plugins" and isinstance(event, SequenceStartEvent):
            while not isinstance(event := self._next(), CollectionEndEvent):
                node = self._node(event)
                if isinstance(node, Mapping):
                    self._fleet.plugins.append(_entry(node, _line(event)))
                else:
                    rule = "each plugin must be a mapping of prompts to values"
                    self._fleet.fault(_line(event), "plugins", node.json, rule)
            return
        node = self._node(event)
        if key == "defaults" and isinstance(node, Mapping):
            self._fleet.defaults = _entry(node, _line(event))
        elif key in ("defaults", "plugins"):
            kind = "a mapping" if key == "defaults" else "a list of mappings"
            self._fleet.fault(line, key, node.json, f"{key} must be {kind}")
        elif not key.startswith("x-"):  # where anchors are kept, as in a Compose file
            self._fleet.unknown_section(line, key)

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            raise Unreadable(_line(event), "a key must be a plain word")
        return str(event.value)

    def _node(self, event: Event, depth: int = 0) -> Node:
        """The value that begins with an event."""
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        if depth > _DEEPEST:
            raise self._too_deep(event)
        node: Node
        if isinstance(event, ScalarEvent):
            node = Scalar(_line(event), event.value, plain=not event.style)
        elif isinstance(event, SequenceStartEvent):
            items = []
            while not isinstance(item := self._next(), CollectionEndEvent):
                items.append(self._node(item, depth + 1))
            node = Sequence(_line(event), items)
        else:
            node = self._mapping(event, depth)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[anchor] = node
        return node

    def _mapping(self, start: Event, depth: int) -> Mapping:
        fields: dict[str, tuple[int, Node]] = {}
        merged: list[Node] = []
        while not isinstance(event := self._next(), MappingEndEvent):
            key, line = self._key(event), _line(event)
            plain = isinstance(event, ScalarEvent) and not event.style
            node = self._node(self._next(), depth + 1)
            if key == _MERGE and plain:
                merged += node.items if isinstance(node, Sequence) else [node]
                continue
            if key in fields:
                self._fleet.key_twice(line, key)
            fields[key] = (line, node)
        for base in merged:  # what stands in the mapping itself wins, then the first one
            if not isinstance(base, Mapping):
                raise Unreadable(base.line, "<< must be followed by an alias of a mapping")
            for key, field in base.fields.items():
                fields.setdefault(key, field)
        return Mapping(_line(start), fields)

    def _alias(self, event: AliasEvent, depth: int) -> Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            raise Unreadable(_line(event), f"there is no anchor &{event.anchor} before this")
        if depth + node.height > _DEEPEST:
            raise self._too_deep(event)
        self._aliased += node.weight
        if self._aliased > _MOST_ALIASED:
            rule = "aliases expand to more than 20 MB in this file; write a shorter list"
            raise Unreadable(_line(event), rule)
        return node

    def _too_deep(self, event: Event) -> Unreadable:
        return Unreadable(_line(event), f"must not be nested deeper than {_DEEPEST} levels")

    def _next(self) -> Event:
        return next(self._events)


def _entry(node: Mapping, line: int) -> Entry:
    return Entry(line, {key: Field(at, found.typed) for key, (at, found) in node.fields.items()})


def _line(event: Event) -> int:
    mark = event.start_mark
    return int(mark.line) + 1 if mark else 1
