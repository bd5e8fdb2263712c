"""From the start of a process to its first healthy answer, in a container that is new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.images import docker, view_of, with_image
from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.stacks import Stack
from benchmarks.start import stopwatch_command
from benchmarks.workplace import Place, stopwatch

COMMAND = "docker run --entrypoint stopwatch IMAGE PORT HEALTH MARK -- SERVER"


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Milliseconds, without the engine's own share: the stopwatch runs inside of the container."""
    stacks = with_image(places)
    times: dict[str, list[float]] = {stack.name: [] for stack in stacks}
    # The first start of each fills the page cache; it is not counted.
    for number in range(plan.image_starts + 1):
        for stack in stacks:
            milliseconds = _start(stack, places)
            if number:
                times[stack.name].append(milliseconds)
    return [figure("start", "image", name, "ms", found, COMMAND) for name, found in times.items()]


def _start(stack: Stack, places: Mapping[str, Place]) -> float:
    inside = "/stopwatch"
    _, *arguments = stopwatch_command("8080", stack)
    mount = ["--volume", f"{stopwatch()}:{inside}:ro", "--entrypoint", inside]
    image = view_of(stack, places).image
    return float(docker("run", "--rm", *mount, image, *arguments, *stack.image_command))
