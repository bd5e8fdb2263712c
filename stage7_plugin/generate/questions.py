"""The questions of the template, for the help of `stage7-plugin new`."""

from __future__ import annotations

import json
from typing import Any

from stage7_plugin.rendering.template_folder import template_folder


def questions() -> list[tuple[str, str]]:
    """Return each key with its question, and its choices or default, in the order of asking."""
    text = (template_folder() / "cookiecutter.json").read_text("utf-8")
    settings: dict[str, Any] = json.loads(text)
    labels = settings["__prompts__"]
    return [
        (key, f"{_question(labels[key])} [{_values(default)}]")
        for key, default in settings.items()
        if not key.startswith("_")
    ]


def _question(label: str | dict[str, str]) -> str:
    return label if isinstance(label, str) else label["__prompt__"]


def _values(default: str | list[str]) -> str:
    if isinstance(default, list):
        return ", ".join(default)
    return "from git, or the login name" if "default_author" in default else _derived(default)


def _derived(default: str) -> str:
    return "from plugin_name" if "{{" in default else default or "none"
