"""The commands that make something of a plugin's manifest: sync, openapi, schema."""

from __future__ import annotations

import sys
from pathlib import Path

import click

_PLACE = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=_PLACE, default=".")
@click.option(
    "--check",
    "check_only",
    is_flag=True,
    help="Change nothing; exit with 1 if files differ.",
)
def sync(folder: Path, check_only: bool) -> None:
    """Update the files that name inputs and outputs from the manifest.json of the plugin in FOLDER.

    These are the README's tables, the example request, the stub and the planner's texts.

    Exit status: 0 everything is in line, 1 with --check something is not, 2 nothing could be done.
    """
    from stage7_plugin.generate.sync import run_sync

    sys.exit(run_sync(folder, check_only))


@click.command()
@click.argument("folder", type=_PLACE, default=".")
def openapi(folder: Path) -> None:
    """Print the OpenAPI 3.1 document of the plugin in FOLDER, which it also serves itself.

    Exit status: 0 it was printed, 2 manifest.json cannot be used.
    """
    from stage7_plugin.generate.documents import run_document

    sys.exit(run_document("openapi", folder))


@click.command()
@click.argument("folder", type=_PLACE, default=".")
def schema(folder: Path) -> None:
    """Print the JSON Schema of the inputs and outputs of the plugin in FOLDER.

    Exit status: 0 it was printed, 2 manifest.json cannot be used.
    """
    from stage7_plugin.generate.documents import run_document

    sys.exit(run_document("schema", folder))
