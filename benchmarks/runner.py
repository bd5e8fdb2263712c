"""Puts the stacks up and measures one subject after the other."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks import (
    blocked_health,
    endurance,
    generation,
    host_cycle,
    image_start,
    images,
    large,
    machine,
    start,
    throughput,
)
from benchmarks.plan import Plan
from benchmarks.stack import Stack
from benchmarks.workplace import Place, check_tools, packages, prepare
from stage7_plugin.host.engine import connect

if TYPE_CHECKING:
    from docker import APIClient

Figures = list[dict[str, Any]]


def measure_all(
    plan: Plan, stacks: Sequence[Stack], with_engine: bool, steady: bool
) -> dict[str, Any]:
    """The content of the results file.

    Args:
        with_engine: also measure what needs a Docker engine.
        steady: instead of everything else, load this template for ten minutes.

    Raises:
        Unprepared: a program is missing, or a stack could not be put up.
        EngineError: there is no engine, or an image could not be built.
    """
    check_tools()
    niceness = machine.raise_priority()
    began = time.monotonic()
    places: dict[str, Place] = {}
    for stack in stacks:
        say(f"putting up {stack.name}")
        places[stack.name] = prepare(stack)
    client = connect() if with_engine else None
    if client is not None and not steady:
        for stack in images.with_image(places):
            say(f"building the image of {stack.name}")
            images.build_image(client, stack, places)
    results: dict[str, Any] = {
        "plan": "steady" if steady else plan.name,
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": machine.describe(client),
        "packages": {name: packages(place) for name, place in places.items()},
        "niceness": niceness,
        "load_average": {"before": machine.load_average()},
        "seconds": {"preparation": round(time.monotonic() - began)},
        "figures": [],
    }
    began = time.monotonic()
    for name, measure in _subjects(plan, places, client, steady):
        say(f"{name} (at {time.monotonic() - began:.0f} s)")
        results["figures"] += measure()
    results["seconds"]["measurement"] = round(time.monotonic() - began)
    results["load_average"]["after"] = machine.load_average()
    return results


def _subjects(
    plan: Plan, places: dict[str, Place], client: APIClient | None, steady: bool
) -> list[tuple[str, Callable[[], Figures]]]:
    if steady:
        return [("ten minutes of load", lambda: endurance.measure_steady(places))]
    subjects: list[tuple[str, Callable[[], Figures]]] = [
        ("start", lambda: start.measure(plan, places)),
        ("throughput and memory", lambda: throughput.measure(plan, places)),
        ("health while blocked", lambda: blocked_health.measure(plan, places)),
        ("large inputs", lambda: large.measure(plan, places)),
        ("endurance", lambda: endurance.measure(plan, places)),
        ("generation", lambda: generation.measure(plan)),
    ]
    if client is not None:
        subjects += [
            ("start in the image", lambda: image_start.measure(plan, places)),
            ("host cycle", lambda: host_cycle.measure(client, plan, places)),
            ("images", lambda: images.measure(client, places)),
        ]
    return subjects


def say(what: str) -> None:
    """Tell on standard error how far it is."""
    print(f"benchmarks: {what}", file=sys.stderr, flush=True)
