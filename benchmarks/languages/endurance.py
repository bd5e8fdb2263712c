"""Memory of a container with little of it, over many executions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from benchmarks import load_generator
from benchmarks.abuse import PORT, address_of, container, is_lost
from benchmarks.images import view_of
from benchmarks.languages.stacks import ENDURING, MEMORY
from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.stack import Stack
from benchmarks.stacks import BY_NAME
from benchmarks.workplace import Place

if TYPE_CHECKING:
    from docker import APIClient

CONNECTIONS = 8
SLICE_SECONDS = 1.0
SETTLE_SECONDS = 0.2
COMMAND = (
    f"docker run --memory {MEMORY} --cpuset-cpus 0; wrk with {CONNECTIONS} connections again and "
    "again; memory as docker stats shows it"
)


def measure(client: APIClient, plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """MB of the container after each slice of the load; raises RuntimeError if it is lost."""
    figures = []
    for name in ENDURING:
        if name in places:
            samples, errors = _endure(client, BY_NAME[name], places, plan.executions)
            case = f"{plan.executions} executions in {MEMORY}"
            figures += [
                figure("endurance", f"{case}, memory", name, "MB", samples, COMMAND),
                figure("endurance", f"{case}, errors", name, "requests", [errors], COMMAND),
            ]
    return figures


def _endure(
    client: APIClient, stack: Stack, places: Mapping[str, Place], executions: int
) -> tuple[list[float], int]:
    image = view_of(stack, places).image
    samples: list[float] = []
    done = errors = 0
    with container(MEMORY, image, ("--cpuset-cpus", "0")) as name:
        url = f"http://{address_of(name)}:{PORT}{stack.endpoint}"
        while not samples or done < executions:
            seen = load_generator.load_url(url, stack.body(), CONNECTIONS, SLICE_SECONDS)
            done, errors = done + seen.requests, errors + seen.errors
            if is_lost(name) or not seen.requests:
                raise RuntimeError(f"{stack.name} was lost after {done} executions")
            time.sleep(SETTLE_SECONDS)
            samples.append(_working_set(client, name) / 1e6)
    return samples, errors


def _working_set(client: APIClient, name: str) -> int:
    """Bytes of a container, without the file cache that the kernel may drop."""
    memory = client.stats(name, stream=False, one_shot=True)["memory_stats"]
    detail = memory["stats"]
    cache = detail.get("total_inactive_file", detail.get("inactive_file", 0))  # cgroup v1, v2
    return int(memory["usage"]) - int(cache)
