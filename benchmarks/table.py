"""The tables in Markdown, made from a results file alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.goals import GOALS, Figures, Goal, evaluate
from benchmarks.stack import Stack
from benchmarks.stacks import NO_BYTE_CODE, OURS, STACKS

# Label, subject, case.
ROWS = (
    ("host cycle, image cached (s)", "host cycle", "whole"),
    ("of that: build (s)", "host cycle", "build"),
    ("of that: start to healthy (s)", "host cycle", "start to healthy"),
    ("of that: execute (s)", "host cycle", "execute"),
    ("of that: stop (s)", "host cycle", "stop"),
    ("process start to healthy, new container (ms)", "start", "image"),
    ("the same, standard library without byte code (ms)", "start", NO_BYTE_CODE),
    ("process start to healthy (ms)", "start", "process"),
    ("memory after start (MB)", "memory", "after start"),
    ("memory after load (MB)", "memory", "after load"),
    ("image above its base (MB)", "image", "size above its base"),
    ("executions/s, 1 connection", "throughput", "1 connection"),
    ("executions/s, 8 connections", "throughput", "8 connections"),
    ("p50 at 8 connections (ms)", "throughput", "8 connections, p50"),
    ("p99 at 8 connections (ms)", "throughput", "8 connections, p99"),
    ("executions/s, 64 connections", "throughput", "64 connections"),
    ("failed requests at 64 connections", "throughput", "64 connections, errors"),
    ("p99 of health while blocked (ms)", "blocked health", "p99"),
    ("900 kB in and out (ms)", "large", "900 kB in and out"),
)
NOT_MEASURED = ""


def render(results: dict[str, Any]) -> str:
    """Every table, with the machine that it was measured on."""
    parts = [
        "Medians; in brackets, the median as a multiple of this template's.",
        side_by_side(results, STACKS, ROWS),
        goal_lines(results, GOALS),
        _machine(results),
    ]
    return "\n\n".join(parts) + "\n"


def render_figures(results: dict[str, Any]) -> str:
    """Every figure with its spread and what was run for it."""
    lines = [
        "| stack | subject | case | unit | median | lowest | highest | samples | run |",
        "|---|---|---|---|---:|---:|---:|---:|---|",
    ]
    for figure in results["figures"]:
        names = [figure[key] for key in ("stack", "subject", "case", "unit")]
        values = [number(figure[key]) for key in ("median", "lowest", "highest")]
        cells = [*names, *values, str(len(figure["samples"])), f"`{figure['command']}`"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", _machine(results), ""])


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def side_by_side(
    results: dict[str, Any], stacks: Sequence[Stack], rows: Sequence[tuple[str, str, str]]
) -> str:
    """One column a stack that was measured, one line a figure."""
    figures = Figures(results)
    measured = {figure["stack"] for figure in results["figures"]}
    columns = [stack for stack in stacks if stack.name in measured]
    lines = [
        "| | " + " | ".join(stack.label for stack in columns) + " |",
        "|---|" + "---:|" * len(columns),
    ]
    for label, subject, case in rows:
        cells = [_cell(figures, subject, case, stack.name) for stack in columns]
        if any(cell != NOT_MEASURED for cell in cells):
            lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(figures: Figures, subject: str, case: str, stack: str) -> str:
    try:
        value = figures.median(subject, case, stack)
    except KeyError:
        return NOT_MEASURED
    try:
        ours = figures.median(subject, "image" if case == NO_BYTE_CODE else case)
    except KeyError:
        ours = 0
    if stack == OURS or not ours:
        return number(value)
    return f"{number(value)} ({number(value / ours)}x)"


def goal_lines(results: dict[str, Any], goals: Sequence[Goal]) -> str:
    """Each goal that was measured, met or missed."""
    lines = ["| goal | bound | measured | |", "|---|---:|---:|---|"]
    for goal, value in evaluate(results, goals):
        bound = f"{'at least' if goal.at_least else 'at most'} {number(goal.bound)} {goal.unit}"
        verdict = "met" if goal.is_met(value) else "**missed**"
        lines.append(f"| {goal.what} | {bound} | {number(value)} | {verdict} |")
    return "\n".join(lines)


def _machine(results: dict[str, Any]) -> str:
    load, seconds = results["load_average"], results["seconds"]
    run = (
        f"`{results['plan']}` run of {results['date']}: {seconds['measurement']} s after "
        f"{seconds['preparation']} s of preparation; niceness {results['niceness']}, load average "
        f"{load['before']} before and {load['after']} after"
    )
    return "Measured on " + "; ".join([*machine_facts(results["machine"]), run]) + "."


def machine_facts(machine: dict[str, Any]) -> list[str]:
    """What it was measured on."""
    facts = [
        f"{machine['cpus']} CPUs of {machine['processor']}, {machine['memory_gb']} GB",
        f"{machine['system']}, Linux {machine['kernel']}",
        f"Python {machine['python']}, wrk {machine['wrk']}, gcc {machine['gcc']}",
    ]
    if "engine" in machine:
        base = machine["base_image"]
        origin = "pulled" if base["pulled"] else "made by `.ci/base-image` from Debian packages"
        facts += [
            f"Docker Engine {machine['engine']}, classic builder",
            f"base image {base['name']} ({origin}, {base['size_mb']} MB, "
            f"{base['byte_code_files']} byte code files): {base['python']}",
        ]
    return facts
