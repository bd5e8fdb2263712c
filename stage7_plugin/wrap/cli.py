"""The command `wrap`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from stage7_plugin.wrap.model import Kind

_OUTPUT = click.Path(file_okay=False, path_type=Path)
_KINDS = click.Choice(["function", "host-plugin"])


@click.command()
@click.argument("source")
@click.argument("answers", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--output-dir", "-o", "output", type=_OUTPUT, default=".", help="Where its folder is made."
)
@click.option("--kind", type=_KINDS, help="What SOURCE is, where that cannot be told.")
@click.option("--check", is_flag=True, help="Only say what would be made.")
@click.option(
    "--import", "execute", is_flag=True, help="Import the source to look at it; trust it first."
)
def wrap(
    source: str,
    answers: tuple[str, ...],
    output: Path,
    kind: Kind | None,
    check: bool,
    execute: bool,
) -> None:
    """Make a plugin around code that exists, and say what became of each part of it.

    SOURCE is a Python function, FILE.py:NAME or FOLDER:MODULE.NAME; or the folder of a Python
    plugin of the host. It is read, and not executed.
    Answers to the questions of `stage7-plugin new` go over what it says, such as plugin_name=Tidy.

    Exit status: 0 the plugin was made, 1 it was not, 2 the source cannot be wrapped.
    """
    from stage7_plugin.wrap.command import WrapOptions, run_wrap

    given = dict(_answer(text) for text in answers)
    sys.exit(run_wrap(WrapOptions(source, given, output, kind, check, execute)))


def _answer(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"'{text}' is no answer; write KEY=VALUE, such as plugin_name=Tidy")
    return key, value
