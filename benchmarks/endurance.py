"""Memory, threads and file descriptors of this template under load for a long time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import load_generator
from benchmarks.plan import STEADY_SECONDS, Plan
from benchmarks.samples import figure
from benchmarks.server_process import Server, serving
from benchmarks.stacks import BY_NAME, OURS
from benchmarks.workplace import Place

CONNECTIONS = 8
SLICE_SECONDS = 2.0
SETTLE_SECONDS = 0.1  # in which the server notices that wrk has closed its connections
COMMAND = f"wrk with {CONNECTIONS} connections again and again; /proc/PID after each"

Sample = tuple[float, float, float]


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Samples after the first slice of the load and after each further one."""
    case = f"{plan.executions} executions"
    return _figures(places[OURS], case, lambda done, _: done >= plan.executions)


def measure_steady(places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """The same for ten minutes."""
    case = f"{STEADY_SECONDS // 60} minutes"
    return _figures(places[OURS], case, lambda _, seconds: seconds >= STEADY_SECONDS)


def _figures(
    place: Place, case: str, is_enough: Callable[[int, float], bool]
) -> list[dict[str, Any]]:
    samples: list[Sample] = []
    done = errors = 0
    started = time.monotonic()
    with serving(BY_NAME[OURS], place) as server:
        while not samples or not is_enough(done, time.monotonic() - started):
            seen = load_generator.load(server, CONNECTIONS, SLICE_SECONDS)
            done, errors = done + seen.requests, errors + seen.errors
            time.sleep(SETTLE_SECONDS)
            samples.append(_sample(server))
    columns = zip(("memory", "threads", "open files"), ("MB", "threads", "files"), strict=True)
    figures = [
        figure("endurance", f"{case}, {what}", OURS, unit, [s[index] for s in samples], COMMAND)
        for index, (what, unit) in enumerate(columns)
    ]
    counts = (("executions", done), ("errors", errors))
    return figures + [
        figure("endurance", f"{case}, {what}", OURS, "requests", [number], COMMAND)
        for what, number in counts
    ]


def _sample(server: Server) -> Sample:
    return server.memory_mb(), server.threads(), server.open_files()
