"""What was given to the command that renders, before Cookiecutter took from it what it knows.

Cookiecutter ignores a key that it does not know. And where a settings file has a value that is not
among a question's choices, it drops that answer and every later one of the file, with a warning.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Container, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from cookiecutter.config import get_user_config

from stage7_plugin.spec import answers, strict_json
from stage7_plugin.spec.languages import answered as language_of
from stage7_plugin.spec.problems import Problem


def problems(known: Container[str]) -> list[Problem]:
    """List what Cookiecutter would ignore or drop without an error.

    Args:
        known: The keys of cookiecutter.json.

    Returns:
        Problems of the command line and of the files that it names; nothing where the template is
        rendered by another program than the commands cookiecutter and cruft.
    """
    options = _options()
    if options is None:
        return []
    found = []
    for given in (_command_line(options), _cruft_file(options)):
        found += answers.unknown_keys(given, known)
    settings = user_settings(options)
    if options.get("config_file"):  # one of the user's own has keys for all templates
        found += answers.unknown_keys(settings, known)
    return found + wrong_choices(settings)


def wrong_choices(settings: Mapping[str, Any]) -> list[Problem]:
    """List the answers of a settings file at which Cookiecutter would stop reading it."""
    chosen = [{key: settings[key]} for key in answers.CHOICES if key in settings]
    return [problem for alone in chosen for problem in answers.check(alone)]


def ignore_own_python_version(answered: MutableMapping[str, Any]) -> None:
    """Put the default in place of a Python version that only the user's own settings choose.

    They are for every template and every language; in another language it means nothing.

    Args:
        answered: The answers so far, by prompt; changed in place.
    """
    key, options = "python_version", _options()
    default = answers.CHOICES[key][0]
    if language_of(answered) == "python" or answered.get(key) == default:
        return
    if options is None or options.get("config_file"):
        return
    if key in _command_line(options) or key in _cruft_file(options):
        return
    if user_settings(options).get(key) == answered.get(key):
        answered[key] = default


def user_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Read the answers of the user's own settings file, or of the one that the options name."""
    config_file = options.get("config_file")
    named = str(config_file) if config_file else None
    found: dict[str, Any] = get_user_config(named, bool(options.get("default_config")))[
        "default_context"
    ]
    return found or {}


def _options() -> Mapping[str, Any] | None:
    """Return the options of the running command, cookiecutter's or cruft's; None outside one."""
    # Typer, which cruft is made with, brings a Click of its own.
    for name in ("click.globals", "typer._click.globals"):
        module = sys.modules.get(name)
        command = module.get_current_context(silent=True) if module else None
        if command:
            params: Mapping[str, Any] = command.params
            return params
    return None


def _command_line(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answers given as KEY=VALUE, or as JSON to cruft."""
    given = options.get("extra_context")
    if isinstance(given, str):
        try:
            given = strict_json.decode(given)
        except ValueError:
            return {}
    return given if isinstance(given, Mapping) else {}


def _cruft_file(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answers in a JSON file for cruft: alone, or for an update in the form of .cruft.json."""
    path = options.get("extra_context_file")
    if not path:
        return {}
    try:
        given = json.loads(Path(path).read_bytes())
    except (OSError, ValueError):
        return {}  # cruft itself says so
    context = given.get("context") if isinstance(given, dict) else None
    inner = context.get("cookiecutter") if isinstance(context, dict) else given
    if not isinstance(inner, dict):
        return {}
    return {key: value for key, value in inner.items() if not key.startswith("_")}
