"""One execution as the host does it: build from the cache, start, poll health, execute, stop."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.images import build_image, view_of, with_image
from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.stack import TEXT, Stack
from benchmarks.stacks import BY_NAME, OURS
from benchmarks.workplace import Place
from stage7_plugin.host.engine import connect
from stage7_plugin.host.run import ContainerOptions, HostRun
from stage7_plugin.host.view import host_environment

if TYPE_CHECKING:
    from docker import APIClient

COMMAND = "stage7_plugin.host.engine.build and HostRun: build, start, poll health, execute, stop"
# With these of the host's variables today's Flask template does not even start.
LEFT_OUT = ("PATH", "PYTHONHOME", "PYTHONPATH")

Times = dict[str, float]


def measure(client: APIClient, plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Seconds of every phase and of the whole; share of starts whose first probe was answered."""
    return [
        *cycles(client, plan, places),
        *_at_once(plan, places),
        *first_probes(client, plan, places, (OURS,)),
    ]


def cycles(client: APIClient, plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Seconds of every phase and of the whole, of each stack that the host can run."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    stacks = [stack for stack in with_image(places) if stack.speaks_to_host]
    for _ in range(plan.cycles):
        for stack in stacks:
            for phase, seconds in _cycle(client, stack, places).items():
                found[stack.name, phase].append(seconds)
    return [
        figure("host cycle", phase, name, "s", seconds, COMMAND)
        for (name, phase), seconds in found.items()
        if phase != "polls"
    ]


def _cycle(client: APIClient, stack: Stack, places: Mapping[str, Place]) -> Times:
    environment = {k: v for k, v in host_environment().items() if k not in LEFT_OUT}
    times: Times = {"build": build_image(client, stack, places)}
    options = ContainerOptions(environment=environment)
    with HostRun(client, view_of(stack, places), options) as run:
        run.wait_healthy()
        answer = run.execute({"text": {"value": TEXT, "args": {}}})
        if not answer.succeeded or TEXT not in answer.text:
            raise RuntimeError(f"{stack.name} answered {answer.summary()}")
        run.stop()
        times.update(run.times)
        times["whole"] = sum(times.values())
        times["polls"] = run.polls
    return times


def first_probes(
    client: APIClient, plan: Plan, places: Mapping[str, Place], names: Sequence[str]
) -> list[dict[str, Any]]:
    """How many probes each start took until one was answered."""
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(plan.first_probes):
        for name in names:
            found[name].append(_cycle(client, BY_NAME[name], places)["polls"])
    command = "HostRun.polls: 1 when the first health probe was answered"
    return [
        figure("host cycle", "health probes until healthy", name, "probes", polls, command)
        for name, polls in found.items()
    ]


def _at_once(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Seconds until the last of several cycles that begin together has ended."""
    figures = []
    for number in plan.at_once:
        seconds = [_together(number, places) for _ in range(plan.at_once_rounds)]
        case = f"{number} at once, until the last has ended"
        figures.append(figure("host cycle", case, OURS, "s", seconds, COMMAND))
    return figures


def _together(number: int, places: Mapping[str, Place]) -> float:
    failures: list[BaseException] = []

    def one() -> None:
        try:
            _cycle(connect(), BY_NAME[OURS], places)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one) for _ in range(number)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.monotonic() - started
