"""`stage7-plugin new`: Cookiecutter's own command, over the template that this package brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click
from cookiecutter.cli import main as cookiecutter
from cookiecutter.config import get_user_config
from cookiecutter.exceptions import CookiecutterException

from stage7_plugin.rendering.template_folder import clean_template
from stage7_plugin.spec import answers
from stage7_plugin.spec.problems import format_problems


def run_new(arguments: Iterable[str]) -> int:
    """Make a plugin.

    Args:
        arguments: Options and KEY=VALUE as Cookiecutter takes them, without the template.

    Returns:
        The exit status: 0 if the plugin was made, 1 if not, with the reason printed. A wrong option
        raises click.UsageError.
    """
    with clean_template() as template:
        command = cookiecutter.make_context("stage7-plugin new", [str(template), *arguments])
        with command:
            try:
                problems = answers.check(_given_choices(command.params))
                if problems:
                    click.echo(format_problems(problems))
                    return 1
                cookiecutter.invoke(command)
            except (CookiecutterException, OSError, ValueError) as error:
                if command.params["verbose"]:
                    raise
                click.echo(f"{error}\nNo plugin was made; -v shows where it failed.")
                return 1
    return 0


def _given_choices(options: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to questions with choices, which Cookiecutter would end with a traceback, or drop."""
    config = get_user_config(options["config_file"], options["default_config"])
    given = {**config["default_context"], **(options["extra_context"] or {})}
    return {prompt: given[prompt] for prompt in answers.CHOICES if prompt in given}
