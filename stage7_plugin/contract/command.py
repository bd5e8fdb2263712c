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
from stage7_plugin.contract.targets.base import Target
from stage7_plugin.contract.targets.resolve import resolve_inputs, resolve_scenarios, resolve_target
from stage7_plugin.host.engine import EngineError
from stage7_plugin.host.view import ManifestUnusable


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
    patience: Patience | None = None


def run_check(request: CheckOptions) -> int:
    """Checks, reports, and returns the exit status: 0 passed, 1 failed, 2 could not be checked."""
    try:
        rules = rules_named(request.rules)
        target = resolve_target(request.target, request.manifest)
        inputs = resolve_inputs(target, request.inputs)
        scenarios = resolve_scenarios(target, request.scenarios)
    except (EngineError, ManifestUnusable, ValueError) as error:
        click.echo(f"error: {error}", err=True)
        if isinstance(error, EngineError) and error.command:
            click.echo(f"  try: {error.command}", err=True)
        return 2
    quiet = "-" in (request.json, request.junit)
    if not quiet:
        click.echo(f"{target.view.plugin_id} {target.view.version}, {target.kind} {target.name}\n")
    start = time.monotonic()
    results: list[Result] = []
    with Runner(Context(target, inputs, scenarios, request.patience)) as runner:
        for result in runner.run(rules):
            results.append(result)
            if not quiet:
                click.echo("\n".join(report.lines(result)))
    if not quiet:
        click.echo(f"\n{report.summary(results, time.monotonic() - start)}")
    _write(request, target, results)
    return 1 if any(result.status is Status.FAILED for result in results) else 0


def _write(request: CheckOptions, target: Target, results: Sequence[Result]) -> None:
    reports = {
        request.json: machine_reports.as_json,
        request.junit: machine_reports.as_junit,
    }
    for path, make in reports.items():
        if path == "-":
            click.echo(make(target, results), nl=False)
        elif path is not None:
            Path(path).write_text(make(target, results), encoding="utf-8")


def list_rules() -> None:
    """Prints every rule: id, title, what it needs."""
    for rule in rules_named(()):
        needs = [rule.needs.name.lower()] if rule.needs else []
        needs += [f"scenario {rule.scenario}"] if rule.scenario else []
        needs += ["advice"] if rule.advice else []
        told = f" [{', '.join(needs)}]" if needs else ""
        click.echo(f"{rule.id:<34} {rule.title}{told}")
