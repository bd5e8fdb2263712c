"""The tables of the languages' results, in Markdown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchmarks.languages.goals import ENDURANCE, GOALS
from benchmarks.languages.stacks import LANGUAGE_STACKS
from benchmarks.stacks import BY_NAME, OURS, STATIC_C
from benchmarks.table import goal_lines, machine_facts, side_by_side

# Label, subject, case.
ROWS = (
    ("process start to healthy (ms)", "start", "process"),
    ("process start to healthy, new container (ms)", "start", "image"),
    ("host cycle, image cached (s)", "host cycle", "whole"),
    ("of that: start to healthy (s)", "host cycle", "start to healthy"),
    ("of that: stop (s)", "host cycle", "stop"),
    ("memory after start (MB)", "memory", "after start"),
    ("memory after load (MB)", "memory", "after load"),
    ("memory over 100,000 executions in 256m (MB)", "endurance", ENDURANCE),
    ("image above its base (MB)", "image", "size above its base"),
    ("executions/s, 1 connection", "throughput", "1 connection"),
    ("executions/s, 8 connections", "throughput", "8 connections"),
    ("p50 at 8 connections (ms)", "throughput", "8 connections, p50"),
    ("p99 at 8 connections (ms)", "throughput", "8 connections, p99"),
    ("p50 of health with every slot computing (ms)", "spinning health", "p50"),
    ("p99 of health with every slot computing (ms)", "spinning health", "p99"),
)
STACKS = (
    replace(BY_NAME[OURS], label="Python plugin"),
    *LANGUAGE_STACKS,
    BY_NAME[STATIC_C],
)
"""What is measured, in the order of the columns."""


def render(results: dict[str, Any]) -> str:
    """Every table, with the machine that it was measured on."""
    parts = [
        "Medians; in brackets, the median as a multiple of the Python plugin's.",
        side_by_side(results, STACKS, ROWS),
        goal_lines(results, GOALS),
        _measured(results),
    ]
    return "\n\n".join(parts) + "\n"


def _measured(results: dict[str, Any]) -> str:
    machine = results["machine"]
    tools = [f"{name} {version}" for name, version in results["tools"].items()]
    runs = [
        f"{subject} on {run['date']} in {run['seconds']} s at a load average of "
        f"{run['load_average']['before']} to {run['load_average']['after']}"
        for subject, run in results["runs"].items()
    ]
    facts = [*machine_facts(machine), ", ".join(tools), f"`{results['plan']}` run", *runs]
    return "Measured on " + "; ".join(facts) + "."
