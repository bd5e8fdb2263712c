"""The one-line notation of parameters, read into definitions."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from stage7_plugin.spec import strict_json
from stage7_plugin.spec.problems import Problem
from stage7_plugin.spec.type_notation import NotationError, read_type, skip

_SEPARATORS = re.compile(r"[\s;]*")
_HEAD = re.compile(r"(?P<name>[^:;\n]*)(?P<colon>:)?[ \t]*")
_FLAG = re.compile(r"[ \t]*(?P<flag>\?|!secret\b)")
_DEFAULT = re.compile(r"[ \t]*=[ \t]*")
_BARE_TEXT = re.compile(r"[^\s;](?:(?![ \t]+-[ \t])[^;\n])*")
# What belongs in front of the = and not into a text.
_MISPLACED = re.compile(r"null|.*(?:!secret|[^ \t]\([^()]*(?:\||\.\.)[^()]*\))")
_DESCRIPTION = re.compile(r"[ \t]+-[ \t]+(?P<text>[^;\n]*)")
_REST = re.compile(r"[^;\n]*")
_ORDER = (
    "name:type, then constraints in parentheses, ? if optional, !secret, then = and a default, "
    "then ' - ' and a description"
)


class Entry(NamedTuple):
    """One entry: its definition, and how it was written."""

    definition: dict[str, Any]
    source: str


def read_notation(prompt: str, text: str, example: str) -> tuple[list[Entry], list[Problem]]:
    """Read every entry; one that breaks the notation becomes a problem and is passed over.

    Returns:
        Definitions with `name`, `type` and, where given, `required`, `secret`, `default`,
        `description`, and constraints. Only the form is checked here.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    position = skip(_SEPARATORS, text, 0)
    while position < len(text):
        start = position
        try:
            definition, position = _entry(text, start)
            entries.append(Entry(definition, text[start:position].strip()))
        except NotationError as error:
            position = skip(_REST, text, error.position)
            problems.append(Problem(prompt, text[start:position].strip(), error.rule, example))
        position = skip(_SEPARATORS, text, position)
    return entries, problems


def _entry(text: str, start: int) -> tuple[dict[str, Any], int]:
    head = _HEAD.match(text, start)
    assert head is not None  # every part of the pattern may be empty
    if head["colon"] is None:
        rule = "each entry must be name:type, with ; between entries (and no ; in a description)"
        raise NotationError(rule, head.end())
    definition: dict[str, Any] = {"name": head["name"].strip()}
    found, position = read_type(text, head.end())
    definition |= found
    while flag := _FLAG.match(text, position):
        key, value = ("required", False) if flag["flag"] == "?" else ("secret", True)
        if key in definition:
            break  # given twice, which is reported below
        definition[key] = value
        position = flag.end()

    equals = _DEFAULT.match(text, position)
    if equals:
        definition["default"], position = _default(text, equals.end(), definition["type"])

    description = _DESCRIPTION.match(text, position)
    if description:
        definition["description"] = description["text"].strip()
        position = description.end()
    rest = skip(_REST, text, position)
    leftover = text[position:rest].strip()
    if leftover:
        rule = "separate entries with ;, not with a comma" if leftover[0] == "," else _ORDER
        raise NotationError(f'"{leftover}" is not part of the notation: {rule}', position)
    return definition, rest


def _default(text: str, position: int, kind: str) -> tuple[Any, int]:
    """Read a default: a JSON value; text needs no quotes unless it has a ; or ' - '."""
    bare = _BARE_TEXT.match(text, position)
    if kind == "string" and bare is not None and not bare[0].startswith(('"', "'")):
        if _MISPLACED.fullmatch(bare[0].strip()):
            rule = f"that is not a default; if it is text, put it in double quotes. {_ORDER}"
            raise NotationError(rule, position)
        return bare[0].strip(), bare.end()
    try:
        return strict_json.decode_at(text, position)
    except ValueError as error:
        if kind == "boolean":
            raise NotationError(
                "the default of a boolean must be true or false", position
            ) from error
        rule = (
            f'a default must be a JSON value, such as 100, true or ["a", "b"]; text is written '
            f"as it is, or in double quotes: {error}"
        )
        raise NotationError(rule, position) from error
