"""The goals, and what a results file says about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.stacks import FLASK, FUNCTIONS_FRAMEWORK, GROWN, NO_BYTE_CODE, OURS, STATIC_C


class Figures:
    """Finds figures in a results file."""

    def __init__(self, results: dict[str, Any]) -> None:
        self._figures: dict[tuple[str, str, str, str], dict[str, Any]] = {
            (f["subject"], f["case"], f["stack"], f["unit"]): f for f in results["figures"]
        }

    def get(self, subject: str, case: str, stack: str = OURS, unit: str = "") -> dict[str, Any]:
        """The figure; raises KeyError where it was not measured."""
        for (a_subject, a_case, a_stack, a_unit), figure in self._figures.items():
            same = (a_subject, a_case, a_stack) == (subject, case, stack)
            if same and unit in ("", a_unit):
                return figure
        raise KeyError((subject, case, stack))

    def median(self, subject: str, case: str, stack: str = OURS) -> float:
        """The median of a figure; raises KeyError where it was not measured."""
        return float(self.get(subject, case, stack)["median"])

    def ratio(self, subject: str, case: str, other: str, other_case: str = "") -> float:
        """Our median by that of another stack."""
        return self.median(subject, case) / self.median(subject, other_case or case, other)


@dataclass(frozen=True)
class Goal:
    """A bound on a number; `at_least` where more is better."""

    what: str
    bound: float
    value: Callable[[Figures], float]
    unit: str = "times"
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value reaches it."""
        return value >= self.bound if self.at_least else value <= self.bound


def answered_share(figures: Figures, stack: str = OURS) -> float:
    """Of 100 starts, those whose first health probe was answered."""
    probes: list[float] = figures.get("host cycle", "health probes until healthy", stack)["samples"]
    return 100 * sum(number == 1 for number in probes) / len(probes)


def growth(figures: Figures, case: str, stack: str = OURS) -> float:
    """The end of an endurance run by its beginning."""
    samples = figures.get("endurance", case, stack)["samples"]
    fifth = -(-len(samples) // 5)
    # The lowest of each end: a sample may see connections that the load generator is just closing.
    return float(min(samples[-fifth:])) / float(min(samples[:fifth]))


GOALS = (
    Goal("host cycle", 0.9, lambda f: f.median("host cycle", "whole"), "s"),
    Goal("host cycle, of a static C server's", 1.25,
         lambda f: f.ratio("host cycle", "whole", STATIC_C)),
    Goal("first health probe answered", 95, answered_share, "of 100 starts", at_least=True),
    Goal("start to healthy, of Flask's", 0.37, lambda f: f.ratio("start", "process", FLASK)),
    Goal("start to healthy in the image, of Flask's as it is built", 0.13,
         lambda f: f.ratio("start", "image", FLASK)),
    Goal("start to healthy in the image, of Flask's without the library's byte code", 0.13,
         lambda f: f.ratio("start", "image", FLASK, NO_BYTE_CODE)),
    Goal("start to healthy, of functions-framework's", 0.25,
         lambda f: f.ratio("start", "process", FUNCTIONS_FRAMEWORK)),
    Goal("memory after start, of Flask's", 0.5, lambda f: f.ratio("memory", "after start", FLASK)),
    Goal("memory after load, of Flask's", 0.5, lambda f: f.ratio("memory", "after load", FLASK)),
    Goal("memory over 100,000 executions, end by beginning", 1.02,
         lambda f: growth(f, "100000 executions, memory")),
    Goal("memory over 10 minutes of load, end by beginning", 1.02,
         lambda f: growth(f, "10 minutes, memory")),
    Goal("threads after 10 minutes of load: one a slot, and the main one", 65,
         lambda f: f.get("endurance", "10 minutes, threads")["highest"], "threads"),
    Goal("open files over 10 minutes of load, end by beginning", 1.0,
         lambda f: growth(f, "10 minutes, open files")),
    Goal("image above its base", 1.5, lambda f: f.median("image", "size above its base"), "MB"),
    Goal(f"build context of a {GROWN}", 100,
         lambda f: f.median("image", f"context of a {GROWN}"), "kB"),
    Goal("executions at 8 connections, of Flask's", 4,
         lambda f: f.ratio("throughput", "8 connections", FLASK), at_least=True),
    Goal("executions at 8 connections, of functions-framework's", 2.5,
         lambda f: f.ratio("throughput", "8 connections", FUNCTIONS_FRAMEWORK), at_least=True),
    Goal("errors at 64 connections", 0,
         lambda f: max(f.get("throughput", "64 connections, errors")["samples"]), "requests"),
    Goal("p99 at 8 connections, of Flask's p50", 1,
         lambda f: f.ratio("throughput", "8 connections, p99", FLASK, "8 connections, p50")),
    Goal("p99 of health with every slot blocked", 50,
         lambda f: f.median("blocked health", "p99"), "ms"),
    Goal("generation, of an empty template's", 1.5,
         lambda f: f.ratio("generation", "defaults", "empty_template")),
)  # fmt: skip


def evaluate(results: dict[str, Any], goals: Sequence[Goal] = GOALS) -> list[tuple[Goal, float]]:
    """Each goal for which the results file has the figures, with its value."""
    figures = Figures(results)
    found = []
    for goal in goals:
        try:
            found.append((goal, goal.value(figures)))
        except KeyError:
            continue
    return found
