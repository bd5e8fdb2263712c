"""The command line, `stage7-plugin`. What a command does is imported when it is asked for."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Make container plugins for Stage7, and check them against what their host relies on."""
    # So that containers are removed when a CI job is cancelled.
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(*_: object) -> NoReturn:
    raise KeyboardInterrupt


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[KEY=VALUE]...")
def new(arguments: tuple[str, ...]) -> None:
    """Make a plugin: ask the questions, or take the answers from KEY=VALUE and files.

    It takes the options of the command cookiecutter: --no-input, --output-dir, --config-file,
    --replay-file, --overwrite-if-exists, --accept-hooks and the others.

    Exit status: 0 the plugin was made, 1 it was not, 2 an option is wrong.
    """
    from stage7_plugin.generate.new import run_new

    sys.exit(run_new(arguments))


@main.command()
@click.argument("target", required=False)
@click.option("--manifest", type=_FILE, help="The manifest of an image or a URL.")
@click.option("--inputs", type=_FILE, help='Inputs to execute with: {"inputs": {...}}.')
@click.option("--probes", type=_FILE, help="Requests that take long, fail, ...; see the README.")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule or group.")
@click.option("--list", "listing", is_flag=True, help="List the rules and exit.")
@click.option("--json", "json_file", metavar="FILE", help="Write a JSON report; - for stdout.")
@click.option("--junit", "junit_file", metavar="FILE", help="Write a JUnit report; - for stdout.")
def check(
    target: str | None,
    manifest: Path | None,
    inputs: Path | None,
    probes: Path | None,
    rules: tuple[str, ...],
    listing: bool,
    json_file: str | None,
    junit_file: str | None,
) -> None:
    """Check TARGET, a plugin's folder, an image or a URL, as its host would use it.

    Exit status: 0 every rule passed, 1 a rule is broken, 2 nothing could be checked.
    """
    from stage7_plugin.contract.command import Request, list_rules, run_check

    if listing:
        list_rules()
        return
    if target is None:
        raise click.UsageError("Missing argument 'TARGET': a plugin's folder, an image or a URL.")
    request = Request(target, manifest, inputs, probes, rules, json_file, junit_file)
    sys.exit(run_check(request))


@main.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
@click.option("--check", "check_only", is_flag=True, help="Change nothing; exit with 1 instead.")
def sync(folder: Path, check_only: bool) -> None:
    """Bring README tables, example request, stub and planner texts of the plugin in FOLDER in line
    with its manifest.json, after an input or output was added, changed or removed.

    Exit status: 0 all is in line, 1 with --check something is not, 2 nothing could be done.
    """
    from stage7_plugin.generate.sync import run_sync

    sys.exit(run_sync(folder, check_only))


@main.command()
@click.argument("plugins_file")
@click.option("--output-dir", "-o", type=_FOLDER, default=".", help="Where the plugins go.")
@click.option("--format", "form", type=click.Choice(["yaml", "json", "jsonl", "csv"]))
@click.option("--check", "check_only", is_flag=True, help="Check the file and write nothing.")
@click.option("--update", is_flag=True, help="Render again what has changed in file or template.")
@click.option("--force", is_flag=True, help="Like --update, also over a person's changes.")
@click.option("--only", multiple=True, metavar="SLUG", help="Only this plugin; may be repeated.")
@click.option("--shard", default="1/1", metavar="K/N", help="Only part K of N equal parts.")
@click.option("--report", type=_NEW_FILE, metavar="FILE", help="Write what happened as JSON.")
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
def batch(plugins_file: str, output_dir: Path, shard: str, **options: Any) -> None:
    """Make every plugin of PLUGINS_FILE, a YAML, JSON, JSON lines or CSV file, - for stdin.

    Exit status: 0 all is well, 1 the file has problems or a plugin failed, 2 nothing could be done.
    """
    from stage7_plugin.batch.command import Request, run_batch
    from stage7_plugin.batch.install import Rewrite
    from stage7_plugin.batch.shard import Shard

    try:
        part = Shard.parse(shard)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--shard") from error
    rewrite = Rewrite(options.pop("update"), options.pop("force"))
    sys.exit(run_batch(Request(plugins_file, output_dir, rewrite=rewrite, shard=part, **options)))
