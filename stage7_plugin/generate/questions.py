"""The questions of the template: for `stage7-plugin questions`, the help, the reference, forms."""

from __future__ import annotations

import json
import textwrap
from typing import Any, NamedTuple

from stage7_plugin.rendering.template_folder import template_folder
from stage7_plugin.spec import answers
from stage7_plugin.spec.json_schema import DRAFT
from stage7_plugin.spec.question_rules import RULES, SCHEMAS

_WIDTH = 79
_FIRST_LINE = 18  # column at which the text of a question begins


class Question(NamedTuple):
    """One question.

    Attributes:
        key: As on the command line and in files.
        label: What is asked.
        default: The default as it is, or None if it follows from other answers.
        default_words: The default in words.
        rule: What is accepted, with code in backticks.
        example: An answer that is accepted.
        choices: All accepted answers; empty for free text.
    """

    key: str
    label: str
    default: str | None
    default_words: str
    rule: str
    example: str
    choices: tuple[str, ...]


def questions() -> list[Question]:
    """Return every question in the order of asking."""
    text = (template_folder() / "cookiecutter.json").read_text("utf-8")
    settings: dict[str, Any] = json.loads(text)
    return [
        _question(key, written, settings["__prompts__"][key])
        for key, written in settings.items()
        if not key.startswith("_")
    ]


def _question(key: str, written: str | list[str], label: str | dict[str, str]) -> Question:
    choices = tuple(written) if isinstance(written, list) else ()
    first = choices[0] if choices else str(written)
    default = None if "{{" in first else first
    return Question(
        key=key,
        label=label if isinstance(label, str) else label["__prompt__"],
        default=default,
        default_words=_DERIVED[key] if default is None else default or "none",
        rule=RULES[key],
        example=answers.example(key),
        choices=choices,
    )


_DERIVED = {
    "plugin_slug": "from the name",
    "verb": "from the name",
    "description": "from inputs and outputs",
    "author": "from git, or the login name",
}


def help_lines() -> list[tuple[str, str]]:
    """Return each key with its question, and its choices or default, for a command's help."""
    return [
        (one.key, f"{one.label} [{', '.join(one.choices) or one.default_words}]")
        for one in questions()
    ]


def as_text() -> str:
    """Return every question with default, rule and example, at most 79 columns wide."""
    parts = []
    for number, one in enumerate(questions(), 1):
        parts.append(f"{number}. {one.key}: {one.label}")
        for name, text in (
            ("default", one.default_words),
            ("rule", one.rule.replace("`", "")),
            ("example", one.example),
        ):
            first = f"     {name + ':':<{_FIRST_LINE - 5}}"
            parts += textwrap.wrap(
                text, _WIDTH, initial_indent=first, subsequent_indent=" " * _FIRST_LINE
            )
    return "\n".join(parts)


def as_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an object with answers.

    It accepts every right answer; some rules, such as that no name occurs twice, are beyond it.
    """
    properties = {}
    for one in questions():
        schema: dict[str, Any] = {"type": "string", "title": one.label}
        schema["description"] = one.rule.replace("`", "")
        if one.default is not None:
            schema["default"] = one.default
        schema["examples"] = [one.example]
        schema |= {"enum": list(one.choices)} if one.choices else SCHEMAS.get(one.key, {})
        properties[one.key] = schema
    return {
        "$schema": DRAFT,
        "title": "Answers for a Stage7 container plugin",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def as_table() -> str:
    """Return the questions as a Markdown table."""
    rows = ["| Key | Default | What is accepted |", "|---|---|---|"]
    rows += [f"| `{one.key}` | {one.default_words} | {one.rule} |" for one in questions()]
    return "\n".join(rows)
