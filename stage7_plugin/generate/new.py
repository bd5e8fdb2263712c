"""`stage7-plugin new`: Cookiecutter's own command, over the template that this package brings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from cookiecutter.cli import main as cookiecutter
from cookiecutter.config import get_user_config
from cookiecutter.exceptions import CookiecutterException
from jinja2 import TemplateError

from stage7_plugin.generate.skipping import only_of_the_language
from stage7_plugin.rendering import given
from stage7_plugin.rendering.session import GUIDED
from stage7_plugin.rendering.template_folder import clean_template
from stage7_plugin.spec import answers, derived
from stage7_plugin.spec.languages import answered as language_of
from stage7_plugin.spec.problems import format_problems

INTRODUCTION = """\
Enter accepts what is in parentheses; Ctrl-C stops without creating anything.
End inputs or outputs with ; to enter more of them, one per line.
"""


def run_new(arguments: Iterable[str], again: bool = False) -> int:
    """Make a plugin.

    Args:
        arguments: Options and KEY=VALUE as Cookiecutter takes them, without the template.
        again: Whether the answers of the last time are the defaults.

    Returns:
        The exit status: 0 if the plugin was made, 1 if not, with the reason printed. A wrong option
        raises click.UsageError.
    """
    with clean_template() as template:
        command = cookiecutter.make_context(GUIDED, [str(template), *arguments])
        with command:
            options = command.params
            try:
                # Cookiecutter would end with a traceback for the first of them, or drop it.
                on_command_line = options["extra_context"] or {}
                problems = given.wrong_choices({**given.user_settings(options), **on_command_line})
                if problems:
                    click.echo(format_problems(problems))
                    return 1
                if again:
                    previous = _previous_answers(options, template)
                    if language_of({**previous, **on_command_line}) != "python":
                        previous.pop("python_version", None)
                    options["extra_context"] = {**previous, **on_command_line}
                if _asks(options):
                    click.echo(INTRODUCTION)
                with only_of_the_language():
                    cookiecutter.invoke(command)
            except (CookiecutterException, OSError, ValueError, TemplateError) as error:
                if options["verbose"]:
                    raise
                click.echo(f"{error}\nNo plugin was created; -v shows where it failed.")
                return 1
    return 0


def _asks(options: Mapping[str, Any]) -> bool:
    replays = options["no_input"] or options["replay"] or options["replay_file"]
    return not replays and sys.stdin is not None and sys.stdin.isatty()


def _previous_answers(options: Mapping[str, Any], template: Path) -> dict[str, str]:
    """Return the answers of the last time, without those that follow from others.

    Raises:
        ValueError: There are none, or they cannot be read.
    """
    settings = get_user_config(options["config_file"], options["default_config"])
    path = Path(settings["replay_dir"]) / f"{template.resolve().name}.json"
    try:
        found = json.loads(path.read_text("utf-8"))["cookiecutter"]
        previous = {key: found[key] for key in answers.PROMPTS if isinstance(found.get(key), str)}
    except FileNotFoundError:
        raise ValueError(f"--again: there are no previous answers in {path}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"--again: {path} contains no answers: {error!r}") from error
    for prompt in (problem.prompt for problem in answers.check(previous)):
        previous.pop(prompt, None)  # no longer accepted, or no longer a choice
    follow = {
        "plugin_slug": derived.plugin_slug(previous.get("plugin_name", "")),
        "verb": derived.verb(previous.get("plugin_name", "")),
        "description": derived.description(previous),
    }
    return {key: as_typed(value) for key, value in previous.items() if follow.get(key) != value}


def as_typed(text: str) -> str:
    """Return a template that renders the text, because Cookiecutter renders defaults."""
    if "{" not in text:
        return text
    return "{{ " + json.dumps(text, ensure_ascii=False) + " }}"
