"""The command line, `stage7-plugin`. What a command does is imported when it is asked for."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Make container plugins for Stage7, and check them against what their host relies on."""
    # So that containers are removed when a CI job is cancelled.
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(*_: object) -> NoReturn:
    raise KeyboardInterrupt


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
