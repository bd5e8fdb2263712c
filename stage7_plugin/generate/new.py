"""`stage7-plugin new`: Cookiecutter's own command, over the template that this package brings."""

from __future__ import annotations

from collections.abc import Iterable

import click
from cookiecutter.cli import main as cookiecutter
from cookiecutter.exceptions import CookiecutterException

from stage7_plugin.rendering import given
from stage7_plugin.rendering.template_folder import clean_template
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
                # Cookiecutter would end with a traceback for the first of them, or drop it.
                options = command.params
                problems = given.wrong_choices(
                    {**given.user_settings(options), **(options["extra_context"] or {})}
                )
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
