"""Executions per second, their latency and errors; memory before and after."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from benchmarks import load_generator
from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.server_process import serving
from benchmarks.stacks import BY_NAME
from benchmarks.workplace import Place

SETTLE_SECONDS = 0.3
MEMORY_COMMAND = "VmRSS of /proc/PID/status, of the process and its descendants"

Samples = dict[tuple[str, str, str], list[float]]


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Every stack that serves, with every number of connections, in each round a new process."""
    samples: Samples = defaultdict(list)
    for _ in range(plan.load_rounds):
        for name, place in places.items():
            if BY_NAME[name].serves:
                _one_round(plan, name, place, samples)
    return [
        figure(
            "memory" if unit == "MB" else "throughput",
            case,
            name,
            unit,
            found,
            MEMORY_COMMAND if unit == "MB" else _command(plan),
        )
        for (name, case, unit), found in samples.items()
    ]


def _one_round(plan: Plan, name: str, place: Place, samples: Samples) -> None:
    with serving(BY_NAME[name], place) as server:
        time.sleep(SETTLE_SECONDS)
        samples[name, "after start", "MB"].append(server.memory_mb())
        for connections in plan.connections:
            # One connection after the other is all that the bare loop can do.
            if name == "socket_loop" and connections > 1:
                continue
            seen = load_generator.load(server, connections, plan.load_seconds)
            case = f"{connections} connection{'s' if connections > 1 else ''}"
            samples[name, case, "requests/s"].append(seen.per_second)
            samples[name, f"{case}, p50", "ms"].append(seen.p50_ms)
            samples[name, f"{case}, p99", "ms"].append(seen.p99_ms)
            samples[name, f"{case}, errors", "requests"].append(seen.errors)
        samples[name, "after load", "MB"].append(server.memory_mb())


def _command(plan: Plan) -> str:
    example = load_generator.command(plan.connections[0], plan.load_seconds)
    return " ".join(["taskset -c 0 SERVER;", *example[:-1], "native/report.lua URL"])
