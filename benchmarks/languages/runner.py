"""Measures the languages, one subject after the other, and adds to what was measured before."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks import host_cycle, image_start, images, machine, start, throughput
from benchmarks.languages import endurance, spinning
from benchmarks.languages.stacks import PLUGINS
from benchmarks.languages.workplace import packages, prepare, versions
from benchmarks.plan import Plan
from benchmarks.runner import say
from benchmarks.stack import Stack
from benchmarks.workplace import Place, check_tools
from stage7_plugin.host.engine import connect

if TYPE_CHECKING:
    from docker import APIClient

Figures = list[dict[str, Any]]
Places = dict[str, Place]

WITHOUT_ENGINE: dict[str, Callable[[Plan, Places], Figures]] = {
    "start": start.measure,
    "throughput": throughput.measure,
    "spinning": spinning.measure,
}
WITH_ENGINE: dict[str, Callable[[APIClient, Plan, Places], Figures]] = {
    "image": lambda client, _, places: images.sizes(client, places),
    "image-start": lambda _, plan, places: image_start.measure(plan, places),
    "cycle": host_cycle.cycles,
    "first-probes": lambda client, plan, places: host_cycle.first_probes(
        client, plan, places, [name for name in PLUGINS if name in places]
    ),
    "endurance": endurance.measure,
}
SUBJECTS = (*WITHOUT_ENGINE, *WITH_ENGINE)


def measure(
    plan: Plan, stacks: Sequence[Stack], subjects: Sequence[str], before: dict[str, Any] | None
) -> dict[str, Any]:
    """The content of the results file.

    Args:
        subjects: of SUBJECTS; each replaces what `before` has of it.
        before: the results file, if there is one.

    Raises:
        Unprepared: a program is missing, or a stack could not be put up.
        EngineError: there is no engine, or an image could not be built.
    """
    check_tools()
    niceness = machine.raise_priority()
    places: Places = {}
    for stack in stacks:
        say(f"putting up {stack.name}")
        places[stack.name] = prepare(stack)
    client = connect() if any(subject in WITH_ENGINE for subject in subjects) else None
    if client is not None:
        for stack in images.with_image(places):
            say(f"building the image of {stack.name}")
            images.build_image(client, stack, places)
    results = before or {"runs": {}, "figures": []}
    results = {
        "plan": plan.name,
        "machine": {**results.get("machine", {}), **machine.describe(client)},
        "tools": versions(),
        "packages": results.get("packages", {})
        | {stack.name: packages(stack, places[stack.name]) for stack in stacks},
        "niceness": niceness,
        "runs": results["runs"],
        "figures": results["figures"],
    }
    for subject in subjects:
        say(subject)
        _measure_one(subject, plan, places, client, results)
    return results


def _measure_one(
    subject: str, plan: Plan, places: Places, client: APIClient | None, results: dict[str, Any]
) -> None:
    began, load = time.monotonic(), machine.load_average()
    if client is not None and subject in WITH_ENGINE:
        found = WITH_ENGINE[subject](client, plan, places)
    else:
        found = WITHOUT_ENGINE[subject](plan, places)
    kept = [figure for figure in results["figures"] if figure["run"] != subject]
    results["figures"] = kept + [{**figure, "run": subject} for figure in found]
    results["runs"][subject] = {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "seconds": round(time.monotonic() - began),
        "load_average": {"before": load, "after": machine.load_average()},
    }
