"""The command `wrap`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from stage7_plugin.wrap.model import Kind

_OUTPUT = click.Path(file_okay=False, path_type=Path)
_PLUGIN = click.Path(exists=True, file_okay=False, path_type=Path)
_KINDS = click.Choice(["function", "host-plugin", "container"])


@click.command()
@click.argument("source", default="")
@click.argument("answers", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--output-dir", "-o", "output", type=_OUTPUT, default=".", help="Where to create its folder."
)
@click.option("--kind", type=_KINDS, help="What SOURCE is, if that cannot be detected.")
@click.option("--check", is_flag=True, help="Only show what would be created or changed.")
@click.option(
    "--again",
    type=_PLUGIN,
    metavar="FOLDER",
    help="Update this plugin with changes in its recorded source.",
)
@click.option(
    "--import",
    "execute",
    is_flag=True,
    help="Import the source to inspect it. That executes it: only if you trust it.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Then run the plugin's lint, its tests, and the contract rules that need no image. That "
    "executes the source: only if you trust it.",
)
def wrap(
    source: str,
    answers: tuple[str, ...],
    output: Path,
    kind: Kind | None,
    check: bool,
    again: Path | None,
    execute: bool,
    verify: bool,
) -> None:
    """Make a plugin around existing code, and report what became of each part of it.

    SOURCE is a Python function, FILE.py:NAME or FOLDER:MODULE.NAME; the folder of a container
    plugin made by hand; or that of a Python plugin of the host. It is read, not executed.
    Answers to the questions of `stage7-plugin new`, such as plugin_name=Tidy, override it.

    With --again, your changes to the plugin stay. What you and the source have changed in one file
    is merged, if the plugin was committed once.

    With --verify, it is reported which rules the code itself breaks.

    Exit status: 0 the plugin was made or brought up to date, 1 it was not, or conflicts are marked,
    or --verify has found something broken, 2 the source cannot be wrapped.
    """
    from stage7_plugin.wrap.command import WrapOptions, run_wrap

    if again is None and not source:
        raise click.UsageError("Missing argument 'SOURCE'.")
    if check and verify:
        raise click.UsageError("--check creates nothing that --verify could run: give one of them.")
    if again is not None and (answers or kind or "=" in source):
        raise click.UsageError("--again takes a SOURCE and no answers: edit the plugin instead.")
    given = dict(_answer(text) for text in answers)
    sys.exit(run_wrap(WrapOptions(source, given, output, kind, check, execute, again, verify)))


def _answer(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"'{text}' is not an answer: write KEY=VALUE, e.g. plugin_name=Tidy")
    return key, value
