"""`stage7-plugin batch`, once its options have been read."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from stage7_plugin.batch.check import check_fleet
from stage7_plugin.batch.outcome import Outcome
from stage7_plugin.batch.output_folder import Busy, OutputFolder
from stage7_plugin.batch.placing import Rewrite, recover
from stage7_plugin.batch.progress import follow
from stage7_plugin.batch.reading import read_fleet
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.report import format_located, print_summary, write_report
from stage7_plugin.batch.shard import Shard
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.batch.workers import make_all

OK, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Request:
    """The options of the command; `source` is the batch file, - for standard input."""

    source: str
    output: Path
    form: str | None = None
    check_only: bool = False
    rewrite: Rewrite = field(default_factory=Rewrite)
    shard: Shard = field(default_factory=lambda: Shard(1, 1))
    report: Path | None = None
    quiet: bool = False
    build: bool = False
    jobs: int = 2
    first_port: int = 20000


def run_batch(request: Request) -> int:
    """Check the file, make its plugins, build their images if asked to; returns the exit status."""
    fleet = read_fleet(request.source, request.form)
    base = Path.cwd() if request.source == "-" else Path(request.source).parent
    template = PluginTemplate()
    recipes, located = check_fleet(fleet, template, base)
    del fleet
    steps: dict[str, list[Outcome]] = {}
    if located:
        print(format_located(request.source, located), file=sys.stderr)
        status = FAILED
    elif request.check_only:
        if not request.quiet:
            count = "1 plugin" if len(recipes) == 1 else f"{len(recipes)} plugins"
            print(f"{request.source}: {count}, no problems")
        status = OK
    else:
        status = _write(request, recipes, template, steps)
    if request.report:
        try:
            write_report(request.report, request.source, located, steps)
        except OSError as error:
            print(f"{request.report} cannot be written: {error.strerror}", file=sys.stderr)
            return status or UNUSABLE
    return status


def _write(
    request: Request,
    recipes: Sequence[Recipe],
    template: PluginTemplate,
    steps: dict[str, list[Outcome]],
) -> int:
    output = OutputFolder(request.output)
    try:
        output.create()
        with output.run_lock():
            recover(output)
            try:
                _render(request, recipes, template, output, steps)
            finally:
                recover(output)
    except Busy as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except OSError as error:
        where = error.filename or output.path
        print(f"{where} cannot be written: {error.strerror or error}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("\ninterrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
    return FAILED if any(o.failed for step in steps.values() for o in step) else OK


def _render(
    request: Request,
    recipes: Sequence[Recipe],
    template: PluginTemplate,
    output: OutputFolder,
    steps: dict[str, list[Outcome]],
) -> None:
    mine = request.shard.of(recipes)
    start = time.monotonic()
    made = steps.setdefault("rendering", [])
    # Closed before anything else happens, also on Ctrl-C: only then no worker writes any more.
    with closing(make_all(mine, template, output, request.rewrite)) as outcomes:
        for outcome in follow(outcomes, len(mine), "rendering", request.quiet):
            made.append(outcome)
    print_summary(made, "rendered", time.monotonic() - start, request.quiet)
