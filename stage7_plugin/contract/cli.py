"""The command that checks plugins against the host contract: check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("targets", nargs=-1, metavar="TARGET...")
@click.option("--manifest", type=_FILE, help="The manifest of an image or a URL.")
@click.option("--inputs", type=_FILE, help='Inputs to execute with: {"inputs": {...}}.')
@click.option(
    "--scenarios",
    "--probes",
    type=_FILE,
    help="Inputs that make the plugin slow, fail, ...; see the guide. --probes is the older name.",
)
@click.option(
    "--env-file",
    type=_FILE,
    help="Settings for each of the plugin's containers, one NAME=value per line.",
)
@click.option(
    "--context-root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder around the plugin's, if the build needs files from there.",
)
@click.option(
    "--build-timeout",
    "build_seconds",
    type=click.FloatRange(min=1),
    default=1800,
    show_default=True,
    help="Seconds that a build may take.",
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule or group.")
@click.option("--list", "listing", is_flag=True, help="List the rules and exit.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1, 64), help="Rules at once; by default 2 for each core."
)
@click.option(
    "--changed-since", metavar="COMMIT", help="Only folders that differ from this commit of git."
)
@click.option("--baseline", type=_FILE, help="Known failures; a stale entry fails the check.")
@click.option("--write-baseline", type=_NEW_FILE, help="Write what fails now as a baseline.")
@click.option(
    "--against",
    metavar="PLACE",
    help="Only compare the manifest with that of a tag, folder, image or URL: is the version step "
    "large enough?",
)
@click.option(
    "--examples",
    type=click.IntRange(0, 100_000),
    default=50,
    show_default=True,
    help="How many inputs a rule makes from the manifest.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of these inputs.")
@click.option(
    "--strict-inputs",
    is_flag=True,
    help="Require that values which could be converted, such as '5', are refused.",
)
@click.option("--json", metavar="FILE", help="Write a JSON report; - for stdout.")
@click.option("--junit", metavar="FILE", help="Write a JUnit report; - for stdout.")
@click.option("--sarif", metavar="FILE", help="Write a SARIF report; - for stdout.")
def check(
    targets: tuple[str, ...], listing: bool, jobs: int | None, against: str | None, **options: Any
) -> None:
    """Check each TARGET, a plugin's folder, an image or a URL, as its host would use it.

    A folder with plugins in it stands for all of them. Several targets are checked in parallel.

    Exit status: 0 no rule that could be checked is broken, 1 a rule is broken, 2 a target could not
    be checked. Rules that could not be checked are counted at the end, with the reasons.
    """
    from stage7_plugin.contract.command import CheckOptions, list_rules, run_check
    from stage7_plugin.contract.schedule import JOBS

    if listing:
        list_rules()
        return
    if not targets:
        raise click.UsageError("Missing argument 'TARGET': a plugin's folder, an image or a URL.")
    if against is not None:
        from stage7_plugin.contract.against import run_against

        sys.exit(run_against(targets, against, options["json"]))
    sys.exit(run_check(CheckOptions(targets, jobs=jobs or JOBS, **options)))
