"""The one-line notation of parameters, read into definitions."""

from __future__ import annotations

import re
from typing import Any

from stage7_plugin.errors import Stage7PluginError
from stage7_plugin.spec import strict_json
from stage7_plugin.spec.problems import Problem

_SEPARATORS = re.compile(r"[\s;]*")
_HEAD = re.compile(r"(?P<name>[^:;\n]*)(?::[ \t]*(?P<type>\w*)(?:[ \t]*(?P<optional>\?))?)?")
_DEFAULT = re.compile(r"[ \t]*=[ \t]*")
_DESCRIPTION = re.compile(r"[ \t]+-[ \t]+(?P<text>[^;\n]*)")
_REST = re.compile(r"[^;\n]*")


class _EntryError(Stage7PluginError):
    """An entry breaks the notation; carries the rule and where reading stopped."""

    def __init__(self, rule: str, position: int) -> None:
        super().__init__(rule)
        self.rule = rule
        self.position = position


def read_notation(
    prompt: str, text: str, example: str
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Read every entry; one that breaks the notation becomes a problem and is passed over.

    Returns:
        Definitions with `name`, `type` and, where given, `required`, `default`, `description`.
        Only the form is checked here.
    """
    definitions: list[dict[str, Any]] = []
    problems: list[Problem] = []
    position = _skip(_SEPARATORS, text, 0)
    while position < len(text):
        start = position
        try:
            definition, position = _entry(text, start)
            definitions.append(definition)
        except _EntryError as error:
            position = _skip(_REST, text, error.position)
            problems.append(Problem(prompt, text[start:position].strip(), error.rule, example))
        position = _skip(_SEPARATORS, text, position)
    return definitions, problems


def _entry(text: str, start: int) -> tuple[dict[str, Any], int]:
    head = _HEAD.match(text, start)
    assert head is not None  # every part of the pattern may be empty
    if head["type"] is None:
        rule = "each entry must be name:type, with ; between two entries (none in a description)"
        raise _EntryError(rule, head.end())
    definition: dict[str, Any] = {"name": head["name"].strip(), "type": head["type"]}
    if head["optional"]:
        definition["required"] = False
    position = head.end()

    equals = _DEFAULT.match(text, position)
    if equals:
        try:
            definition["default"], position = strict_json.decode_at(text, equals.end())
        except ValueError as error:
            rule = (
                'a default must be a JSON literal, such as "en", 100, true or ["a", "b"] '
                f"(text in double quotes): {error}"
            )
            raise _EntryError(rule, equals.end()) from error

    description = _DESCRIPTION.match(text, position)
    if description:
        definition["description"] = description["text"].strip()
        position = description.end()
    rest = _skip(_REST, text, position)
    leftover = text[position:rest].strip()
    if leftover:
        rule = (
            f'"{leftover}" is not part of the notation: '
            "name:type, then ? if optional, then = and a default, then ' - ' and a description"
        )
        raise _EntryError(rule, position)
    return definition, rest


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
