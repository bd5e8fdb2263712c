"""What `stage7-plugin check` does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import click

from stage7_plugin.contract import baseline, machine_reports, report
from stage7_plugin.contract.baseline import Baseline
from stage7_plugin.contract.checked import INTERRUPTED, Checked, failures
from stage7_plugin.contract.context import Context, Generation
from stage7_plugin.contract.errors import TargetUnusable
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.progress import Progress
from stage7_plugin.contract.rule import Rule
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.sarif import as_sarif
from stage7_plugin.contract.schedule import JOBS, Plan, Schedule
from stage7_plugin.contract.selection import selected
from stage7_plugin.contract.targets.resolve import resolve_inputs, resolve_target, scenario_source
from stage7_plugin.errors import UserError
from stage7_plugin.host.engine import BUILD_SECONDS
from stage7_plugin.host.env_file import read_env_file

PASSED, BROKEN, NOTHING_CHECKED = 0, 1, 2
"""Exit statuses."""


@dataclass(frozen=True)
class CheckOptions:
    """What was asked for on the command line."""

    targets: Sequence[str]
    manifest: Path | None = None
    inputs: Path | None = None
    scenarios: Path | None = None
    rules: Sequence[str] = ()
    json: str | None = None
    junit: str | None = None
    sarif: str | None = None
    context_root: Path | None = None
    build_seconds: float = BUILD_SECONDS
    jobs: int = JOBS
    env_file: Path | None = None
    changed_since: str | None = None
    baseline: Path | None = None
    write_baseline: Path | None = None
    examples: int = Generation.examples
    seed: int = Generation.seed
    strict_inputs: bool = False
    patience: Patience | None = None

    @property
    def quiet(self) -> bool:
        """Whether standard output is for a machine."""
        return "-" in (self.json, self.junit, self.sarif)


def run_check(options: CheckOptions) -> int:
    """Check, report, and return the exit status.

    Returns:
        PASSED where no rule that could be checked is broken, BROKEN where one is or an entry of
        the baseline is stale, and NOTHING_CHECKED where a target or a report was not possible.
        The reports for machines are written in every case.
    """
    run = _Run(options)
    written = False
    try:
        run.check()
    except (UserError, ValueError, RecursionError) as error:
        run.end_early(str(error), error)
    except Exception as error:  # whatever went wrong, there is a report
        run.end_early(f"the check ended early: {type(error).__name__}: {error}", error)
    finally:
        written = run.write()
    if not written or any(one.problem for one in run.checked):
        return NOTHING_CHECKED
    return BROKEN if any(one.status == "failed" for one in run.checked) else PASSED


class _Run:
    """One call of the command. `many`: the report is a table, not rule by rule."""

    def __init__(self, options: CheckOptions) -> None:
        self.options = options
        self.checked = [Checked({"target": target}) for target in options.targets]
        self.many = len(options.targets) != 1
        self._known: Baseline = {}

    def check(self) -> None:
        """Check every target, some at a time. Raises UserError, ValueError."""
        options = self.options
        rules = rules_named(options.rules)
        if options.baseline:
            self._known = baseline.read(options.baseline)
        targets = selected(options.targets, options.changed_since)
        self.many = targets != list(options.targets) or len(targets) != 1
        self.checked = [Checked({"target": target}) for target in targets]
        if not targets and not options.quiet:
            click.echo(
                f"no plugin has changed since {report.first_line(str(options.changed_since))}"
            )
        for name in ("manifest", "inputs", "scenarios", "env_file"):
            if self.many and getattr(options, name):
                option = name.replace("_", "-")
                raise TargetUnusable(f"--{option} accepts only one target, but several were given")
        started = time.monotonic()
        with Progress(len(rules) * len(targets), options.quiet) as progress:
            for first in range(0, len(targets), options.jobs):
                some = self.checked[first : first + options.jobs]
                self._check_some(some, rules, progress)
        if targets and self.many and not options.quiet:
            lines = report.table(self.checked, time.monotonic() - started)
            click.echo("\n" + "\n".join(lines))

    def _check_some(
        self, some: Sequence[Checked], rules: Sequence[Rule], progress: Progress
    ) -> None:
        """Check targets at the same time."""
        started = time.monotonic()
        with ExitStack() as stack:
            plans: dict[Plan, Checked] = {}
            for one in some:
                try:
                    plans[Plan(stack.enter_context(self._open(one, stack)), rules)] = one
                except (UserError, ValueError, RecursionError) as error:
                    _end_one(one, str(error), error)
            if plans and not self.many:
                progress.say("\n".join(report.title(some[0])))
            for plan, result in Schedule(list(plans), self.options.jobs, progress.show):
                one = plans[plan]
                marked = one.add(result, self._known.get(one.name, frozenset()))
                one.seconds = time.monotonic() - started
                progress.count()
                shown = report.broken_rule(one, marked) if self.many else report.lines(marked)
                if shown:
                    progress.say("\n".join(shown))
            for one in plans.values():
                one.finish(self._known.get(one.name, frozenset()))
                progress.say("\n".join((report.row if self.many else report.after)(one)))

    def _open(self, one: Checked, stack: ExitStack) -> Runner:
        """Find a target. Raises UserError, ValueError."""
        options = self.options
        target = resolve_target(
            one.heading["target"], options.manifest, options.context_root, options.build_seconds
        )
        stack.callback(target.close)
        if options.env_file:
            settings = read_env_file(options.env_file)
            target.view = replace(target.view, environment={**target.view.environment, **settings})
        view = target.view
        one.heading.update(
            target=target.name, kind=target.kind, plugin=view.plugin_id, version=view.version
        )
        one.start_command = target.start_command
        inputs = resolve_inputs(target, options.inputs)
        scenarios = scenario_source(target, options.scenarios)
        made = Generation(options.examples, options.seed, options.strict_inputs)
        return Runner(Context(target, inputs, scenarios, options.patience, made))

    def end_early(self, problem: str, error: Exception) -> None:
        """Note and print why the check ended."""
        unfinished = [one for one in self.checked if one.problem == INTERRUPTED]
        for one in unfinished:
            one.problem = problem
        _tell(problem, error)

    def write(self) -> bool:
        """Write the reports for machines; return whether that was possible."""
        options, checked, many = self.options, self.checked, self.many
        reports: list[tuple[str | Path | None, Callable[[], str]]] = [
            (options.json, lambda: machine_reports.as_json(checked, many)),
            (options.junit, lambda: machine_reports.as_junit(checked, many)),
            (options.sarif, lambda: as_sarif(checked)),
            (options.write_baseline, lambda: baseline.text(failures(checked))),
        ]
        written = True
        for path, make in reports:
            if path == "-":
                click.echo(make(), nl=False)
            elif path is not None:
                try:
                    Path(path).write_text(make(), encoding="utf-8")
                except OSError as error:
                    _tell(f"the report {path} cannot be written: {error.strerror}")
                    written = False
        return written


def _end_one(one: Checked, problem: str, error: Exception) -> None:
    one.problem = problem
    _tell(problem, error)


def _tell(problem: str, error: Exception | None = None) -> None:
    first, *rest = report.shown_lines(problem) or [""]
    click.echo("\n".join([f"error: {first}", *(f"  | {line}" for line in rest)]), err=True)
    if isinstance(error, UserError) and error.command:
        click.echo(f"  try: {report.first_line(error.command)}", err=True)


def list_rules() -> None:
    """Print every rule: id, title, what it needs."""
    for rule in rules_named(()):
        needs = [rule.needs.name.lower()] if rule.needs else []
        needs += [f"scenario {rule.scenario}"] if rule.scenario else []
        needs += ["advice"] if rule.advice else []
        told = f" [{', '.join(needs)}]" if needs else ""
        click.echo(f"{rule.id:<34} {rule.title}{told}")
