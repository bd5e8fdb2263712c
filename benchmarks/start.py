"""From the start of a process to its first healthy answer, on a machine with byte code."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import Any

from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.stack import Stack
from benchmarks.stacks import BY_NAME
from benchmarks.workplace import Place, free_port, stopwatch

COMMAND = "stopwatch PORT HEALTH MARK -- SERVER (native/stopwatch.c)"


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Milliseconds; for the bare interpreter, until it has ended."""
    times: dict[str, list[float]] = {name: [] for name in places}
    # The first start of each writes byte code and fills the page cache; it is not counted.
    for number in range(plan.starts + 1):
        for name, place in places.items():
            milliseconds = _start(BY_NAME[name], place)
            if number:
                times[name].append(milliseconds)
    return [figure("start", "process", name, "ms", found, COMMAND) for name, found in times.items()]


def _start(stack: Stack, place: Place) -> float:
    port = free_port()
    watched = str(port) if stack.serves else "0"
    done = subprocess.run(
        [*stopwatch_command(watched, stack), *place.command(stack, port)],
        cwd=place.folder,
        env=place.environment(stack, port),
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    return float(done.stdout)


def stopwatch_command(port: str, stack: Stack) -> list[str]:
    """What comes in front of a server's command line."""
    return [str(stopwatch()), port, stack.health, stack.healthy, "--"]
