"""Write the fields of the forms in integrations/ from the questions: `make reference`.

A form says which questions it asks, in the comment above the fields that are written here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stage7_plugin.generate.questions import Question, as_json_schema, questions

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(
    r"^(?P<indent> *)# Questions, by `make reference`: (?P<keys>.*)\n(?s:.*?)"
    r"^(?P<end> *# End of the questions)\n",
    re.MULTILINE,
)
_WITHOUT_DEFAULT = ("plugin_name", "image_namespace")
"""A form has no name ready, and an empty namespace stands for the template's default."""


def label(question: Question) -> str:
    """Return what a form calls a question: without what is for a terminal, in parentheses."""
    return question.label.partition(" (")[0]


def default(question: Question) -> str | None:
    """Return what a field has in it at first."""
    return None if question.key in _WITHOUT_DEFAULT else question.default


def _is_required(question: Question) -> bool:
    return question.key in ("plugin_name", "description", "inputs", "outputs")


def github(question: Question) -> dict[str, Any]:
    """Return a field of a workflow's form."""
    field: dict[str, Any] = {"description": label(question)}
    if question.choices:
        return {**field, "type": "choice", "options": list(question.choices)}
    field |= {"required": True} if _is_required(question) else {}
    field["type"] = "string"
    return {**field, "default": default(question)} if default(question) else field


def gitlab(question: Question) -> dict[str, Any]:
    """Return a variable of a pipeline's form."""
    field: dict[str, Any] = {"description": label(question), "value": default(question) or ""}
    return {**field, "options": list(question.choices)} if question.choices else field


def backstage(question: Question) -> dict[str, Any]:
    """Return a property of a template's page."""
    known = as_json_schema()["properties"][question.key]
    field: dict[str, Any] = {"title": label(question), "description": known["description"]}
    kept = ("type", "enum", "minLength", "maxLength")
    field |= {key: known[key] for key in kept if key in known}
    if not _is_required(question):
        field.pop("minLength", None)  # may be left empty
    if question.key == "plugin_name":
        field["ui:autofocus"] = True
    if question.key not in ("plugin_name", "description"):
        field["default"] = default(question) or ""
    return field


def _variable(key: str) -> str:
    return key.upper() if key.startswith("plugin_") else f"PLUGIN_{key.upper()}"


FORMS: dict[str, tuple[Callable[[str], str], Callable[[Question], dict[str, Any]]]] = {
    "integrations/github/new-plugin.yml": (str, github),
    "integrations/gitlab/new-plugin.gitlab-ci.yml": (_variable, gitlab),
    "integrations/backstage/template.yaml": (str, backstage),
}


def form(name: str) -> str:
    """Return the text of a form, with the fields of its questions written anew."""
    named, field = FORMS[name]
    known = {question.key: question for question in questions()}

    def fields(found: re.Match[str]) -> str:
        lines = [found[0].partition("\n")[0]]
        for key in found["keys"].split(", "):
            lines.append(f"{found['indent']}{named(key)}:")
            for name, value in field(known[key]).items():
                lines.append(f"{found['indent']}  {name}: {_yaml(value)}")
        return "\n".join([*lines, found["end"], ""])

    text, count = _BLOCK.subn(fields, (ROOT / name).read_text("utf-8"))
    assert count, f"{name} has no comment that names its questions"
    return text


def _yaml(value: Any) -> str:
    """Return a value of one line; JSON's text is YAML's too."""
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w ./-]*(, [\w ./-]+)*", value):
        return value
    return json.dumps(value, ensure_ascii=False)
