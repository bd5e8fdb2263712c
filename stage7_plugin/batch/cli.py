"""The commands of a fleet, `stage7-plugin batch` and `list`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from stage7_plugin.terminal import outlive_reader

_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(name="list")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="Only plugins that meet this, such as 'packages.requests < 2.32'; may be repeated.",
)
@click.option("--columns", default="", metavar="A,B,...", help="Which fields to print.")
@click.option("--json", "as_json", is_flag=True, help="Print their entries of index.json.")
def list_plugins(folder: Path, where: tuple[str, ...], columns: str, as_json: bool) -> None:
    """List the plugins of the fleet in FOLDER, and the resources that they need together.

    A CONDITION is a field of index.json, alone or compared with a value: `stub`, `not locked`,
    `owner = @acme/payments`, `labels.tier = gold`, `permissions has net.fetch`,
    `template_version < 0.2`. Numbers and versions have an order: = != < <= > >=.

    Exit status: 0 they are listed, 2 a condition is wrong, or there is no index.
    """
    from stage7_plugin.batch.listing import run_list

    sys.exit(run_list(folder, where, columns, as_json))


@click.command()
@click.argument("plugins_files", nargs=-1, required=True)
@click.option(
    "--output-dir", "-o", type=_FOLDER, help="Folder for the plugins; by default this one."
)
@click.option("--format", "form", type=click.Choice(["yaml", "json", "jsonl", "csv"]))
@click.option("--defaults", metavar="FILE", help="A file with defaults, for CSV.")
@click.option(
    "--check",
    "check_only",
    is_flag=True,
    help="Check the file, and with -o the folder; write nothing.",
)
@click.option(
    "--accept",
    "accepted",
    type=click.Choice(["edited", "orphaned"]),
    multiple=True,
    help="With --check and -o: such plugins do not fail the check.",
)
@click.option(
    "--update", is_flag=True, help="Render again what has changed in the file or the template."
)
@click.option("--force", is_flag=True, help="Like --update, but overwrite edited files.")
@click.option("--take-over", is_flag=True, help="Take over plugins that another batch file made.")
@click.option(
    "--release",
    type=click.Choice(["major", "minor", "patch"]),
    help="Raise this part of the version, and update changelog and plugin.",
)
@click.option(
    "--note", default="", metavar="TEXT", help="With --release: a line for the changelogs."
)
@click.option("--only", multiple=True, metavar="SLUG", help="Only this plugin; may be repeated.")
@click.option("--shard", default="1/1", metavar="K/N", help="Only part K of N equal parts.")
@click.option("--report", type=_NEW_FILE, metavar="FILE", help="Write a report as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="Print failures only.")
@click.option("--build", is_flag=True, help="Build the images with the Docker engine.")
@click.option("--jobs", "-j", type=click.IntRange(1, 64), default=2, help="Builds at once.")
@click.option(
    "--first-port",
    type=click.IntRange(1, 65535),
    default=20000,
    show_default=True,
    help="Host port of the first plugin in compose.yaml; the others follow.",
)
def batch(
    plugins_files: tuple[str, ...], output_dir: Path | None, shard: str, **options: Any
) -> None:
    """Make every plugin of PLUGINS_FILES, in YAML, JSON, JSON lines or CSV, - for stdin.

    Exit status: 0 all is well, 1 a file has problems, a plugin failed or has conflicts, or with
    --check and -o something differs, 2 nothing could be done.
    """
    from stage7_plugin.batch.command import BatchOptions, run_batch
    from stage7_plugin.batch.install import Rewrite
    from stage7_plugin.batch.shard import Shard

    try:
        part = Shard.parse(shard)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--shard") from error
    release, note = options.pop("release") or "", options.pop("note")
    if note and not release:
        raise click.UsageError("--note is for --release: it is a line for the changelogs.")
    taken, again = options.pop("take_over"), (options.pop("update"), options.pop("force"))
    rewrite = Rewrite(*again, take_over=taken, release=release, note=note)
    chosen = BatchOptions(plugins_files, output_dir, rewrite=rewrite, shard=part, **options)
    with outlive_reader():
        status = run_batch(chosen)
    sys.exit(status)
