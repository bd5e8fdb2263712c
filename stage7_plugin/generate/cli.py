"""The commands that make a plugin or change what is in one: new, questions, add, remove, rename."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from stage7_plugin.generate.edit_manifest import Kind

_KIND = click.Choice(["input", "output", "permission", "setting"])
_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The plugin's folder; by default this one.",
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Print the difference and write nothing.")
_ASKED = {
    "input": "Input, such as limit:number(1..10)=5 - Most results",
    "output": "Output, such as total:number - How many there are",
    "permission": "Permission by name or number, such as net.fetch",
    "setting": "Setting, such as API_URL=https://example.com/",
}
_ATTEMPTS = 5


@click.command()
@click.option("--json-schema", is_flag=True, help="Print a JSON Schema, for forms and editors.")
def questions(json_schema: bool) -> None:
    """Print the questions of the template with defaults, rules and examples."""
    from stage7_plugin.generate.questions import as_json_schema, as_text

    click.echo(_json(as_json_schema()) if json_schema else as_text())


def _json(document: Any) -> str:
    import json

    return json.dumps(document, indent=2, ensure_ascii=False)


class _New(click.Command):
    """The command `new`, whose help has the questions of the template."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from stage7_plugin.generate.questions import help_lines

        with formatter.section("Questions, by KEY"):
            formatter.write_dl(help_lines())
        super().format_epilog(ctx, formatter)


@click.command(cls=_New, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[KEY=VALUE]...")
@click.option("--again", is_flag=True, help="Take the last answers as defaults.")
def new(arguments: tuple[str, ...], again: bool) -> None:
    """Make a plugin: ask the questions, or take the answers from KEY=VALUE and files.

    Before anything is written it shows a summary, in which answers can be changed.

    It takes the options of the command cookiecutter: --no-input, --output-dir, --config-file,
    --replay-file, --overwrite-if-exists, --accept-hooks and the others.

    Exit status: 0 the plugin was made, 1 it was not, 2 an option is wrong.
    """
    from stage7_plugin.generate.new import run_new

    sys.exit(run_new(arguments, again))


@click.command()
@click.argument("kind", type=_KIND)
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@_FOLDER
@_DRY_RUN
def add(kind: Kind, texts: tuple[str, ...], folder: Path, dry_run: bool) -> None:
    """Add to a plugin: an input or output in the notation, a permission, or a setting NAME=value.

    It changes manifest, README, example request, stub and compose.yaml together. Without TEXT it
    asks. A setting is an environment variable of the container, under `container.environment`.

    Exit status: 0 added, 2 nothing was changed.
    """
    from stage7_plugin.generate.edit import run_edit
    from stage7_plugin.generate.edit_manifest import adding
    from stage7_plugin.generate.sync import OutOfReach

    for attempt in range(_ATTEMPTS + 1):
        given = texts or (_asked(kind),)
        try:
            change = adding(kind, given)
        except OutOfReach as error:
            print(error)
            if texts or attempt == _ATTEMPTS:
                sys.exit(2)
        else:
            sys.exit(run_edit(folder, change, dry_run=dry_run))


def _asked(kind: Kind) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(f"Missing argument 'TEXT'. {_ASKED[kind]}")
    if kind == "permission":
        from stage7_plugin.host_facts import PERMISSIONS

        for number, name in enumerate(PERMISSIONS, 1):
            print(f"  {number:2} {name}")
    text: str = click.prompt(_ASKED[kind])
    return text


@click.command()
@click.argument("kind", type=_KIND)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_FOLDER
@_DRY_RUN
def remove(kind: Kind, names: tuple[str, ...], folder: Path, dry_run: bool) -> None:
    """Remove inputs, outputs, permissions or settings from a plugin.

    If plugin_logic.py still uses an input or output, nothing is changed, and the lines are named.

    Exit status: 0 removed, 2 nothing was changed.
    """
    from stage7_plugin.generate.edit import run_edit
    from stage7_plugin.generate.edit_manifest import removing

    sys.exit(run_edit(folder, removing(kind, names), dry_run=dry_run))


@click.command()
@click.argument("kind", type=click.Choice(["input", "output"]))
@click.argument("old")
@click.argument("new")
@_FOLDER
@_DRY_RUN
def rename(kind: Kind, old: str, new: str, folder: Path, dry_run: bool) -> None:
    """Give an input or output another name, also where plugin_logic.py certainly means it.

    That is `inputs["OLD"]`, `inputs.get("OLD")` and the keys of "outputs" in execute_plugin(). If
    OLD is in another text of the code, nothing is changed, and the lines are named.

    Exit status: 0 renamed, 2 nothing was changed.
    """
    from stage7_plugin.generate.edit import run_edit
    from stage7_plugin.generate.edit_manifest import renaming
    from stage7_plugin.generate.sync import OutOfReach

    try:
        change = renaming(kind, old, new)
    except OutOfReach as error:
        _end(error)
    sys.exit(run_edit(folder, change, dry_run=dry_run, renamed=(kind, old, new)))


def _end(error: Exception) -> NoReturn:
    print(error)
    sys.exit(2)
