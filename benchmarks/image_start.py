"""From the start of a process to its first healthy answer, in a container that is new."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from benchmarks.images import docker, view_of, with_image
from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.stack import Stack
from benchmarks.stacks import BY_NAME, FLASK, NO_BYTE_CODE
from benchmarks.start import stopwatch_command
from benchmarks.workplace import Place, stopwatch

COMMAND = "docker run --entrypoint stopwatch IMAGE PORT HEALTH MARK -- CMD of the image"
# The official image has none, but pip, while it installs something, writes some of it.
STRIP = (
    "find /usr/lib/python3* /usr/local/lib/python3* -name '*.pyc' "
    "-not -path '*-packages/*' -delete; "
)


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Milliseconds, without the engine's own share: the stopwatch runs inside the container."""
    cases = [(stack, "image") for stack in with_image(places)]
    if FLASK in places:
        cases.append((BY_NAME[FLASK], NO_BYTE_CODE))
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    # The first start of each fills the page cache; it is not counted.
    for number in range(plan.image_starts + 1):
        for stack, case in cases:
            milliseconds = _start(stack, case, places)
            if number:
                times[stack.name, case].append(milliseconds)
    return [
        figure("start", case, name, "ms", found, COMMAND) for (name, case), found in times.items()
    ]


def _start(stack: Stack, case: str, places: Mapping[str, Place]) -> float:
    image = view_of(stack, places).image
    command = json.loads(docker("image", "inspect", "--format", "{{json .Config.Cmd}}", image))
    _, *arguments = stopwatch_command("8080", stack)
    inside = ["/stopwatch", *arguments, *command]
    if case == NO_BYTE_CODE:
        inside = ["/bin/sh", "-c", STRIP + 'exec "$@"', "sh", *inside]
    program, *rest = inside
    mount = f"--volume={stopwatch()}:/stopwatch:ro"
    return float(docker("run", "--rm", mount, f"--entrypoint={program}", image, *rest))
