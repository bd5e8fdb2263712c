"""What `stage7-plugin check` does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from stage7_plugin.contract import machine_reports, report
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import Result
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.resolve import resolve_inputs, resolve_scenarios, resolve_target
from stage7_plugin.errors import UserError

PASSED, BROKEN, NOTHING_CHECKED = 0, 1, 2
"""Exit statuses."""


@dataclass(frozen=True)
class CheckOptions:
    """What was asked for on the command line."""

    target: str
    manifest: Path | None = None
    inputs: Path | None = None
    scenarios: Path | None = None
    rules: Sequence[str] = ()
    json: str | None = None
    junit: str | None = None
    context_root: Path | None = None
    patience: Patience | None = None

    @property
    def quiet(self) -> bool:
        """Whether standard output is for a machine."""
        return "-" in (self.json, self.junit)


def run_check(options: CheckOptions) -> int:
    """Check, report, and return the exit status.

    Returns:
        PASSED where no rule that could be checked is broken, BROKEN where one is, and
        NOTHING_CHECKED. The reports for machines are written in every case.
    """
    heading = {"target": options.target}
    results: list[Result] = []
    problem = "the check was interrupted"
    try:
        _check(options, heading, results)
        problem = ""
    except (UserError, ValueError, RecursionError) as error:
        problem = str(error)
        command = error.command if isinstance(error, UserError) else ""
        _tell(problem, command)
    except Exception as error:  # whatever went wrong, there is a report
        problem = f"the check ended early: {type(error).__name__}: {error}"
        _tell(problem, "")
    finally:
        written = _write(options, heading, results, problem)
    if problem or not written:
        return NOTHING_CHECKED
    return BROKEN if any(result.status is Status.FAILED for result in results) else PASSED


def _check(options: CheckOptions, heading: dict[str, str], results: list[Result]) -> None:
    """Fill in the heading and the results. Raises EngineError, ManifestUnusable, ValueError."""
    rules = rules_named(options.rules)
    target = resolve_target(options.target, options.manifest, options.context_root)
    view = target.view
    heading.update(target=target.name, kind=target.kind, plugin=view.plugin_id)
    try:
        inputs = resolve_inputs(target, options.inputs)
        scenarios = resolve_scenarios(target, options.scenarios)
        if not options.quiet:
            title = f"{view.plugin_id} {view.version}, {target.kind} {target.name}"
            click.echo(f"{report.first_line(title)}\n")
        start = time.monotonic()
        with Runner(Context(target, inputs, scenarios, options.patience)) as runner:
            for result in check_rules(runner, rules):
                results.append(result)
                if not options.quiet:
                    click.echo("\n".join(report.lines(result)))
    finally:
        target.close()
    if not options.quiet:
        click.echo("\n" + "\n".join(report.summary(results, time.monotonic() - start)))


def _write(
    options: CheckOptions, heading: dict[str, str], results: Sequence[Result], problem: str
) -> bool:
    """Write the reports for machines; return whether that was possible."""
    reports = {
        options.json: machine_reports.as_json,
        options.junit: machine_reports.as_junit,
    }
    written = True
    for path, make in reports.items():
        if path == "-":
            click.echo(make(heading, results, problem), nl=False)
        elif path is not None:
            try:
                Path(path).write_text(make(heading, results, problem), encoding="utf-8")
            except OSError as error:
                _tell(f"the report {path} cannot be written: {error.strerror}", "")
                written = False
    return written


def _tell(problem: str, command: str) -> None:
    first, *rest = report.shown_lines(problem) or [""]
    click.echo("\n".join([f"error: {first}", *(f"  | {line}" for line in rest)]), err=True)
    if command:
        click.echo(f"  try: {report.first_line(command)}", err=True)


def list_rules() -> None:
    """Print every rule: id, title, what it needs."""
    for rule in rules_named(()):
        needs = [rule.needs.name.lower()] if rule.needs else []
        needs += [f"scenario {rule.scenario}"] if rule.scenario else []
        needs += ["advice"] if rule.advice else []
        told = f" [{', '.join(needs)}]" if needs else ""
        click.echo(f"{rule.id:<34} {rule.title}{told}")
