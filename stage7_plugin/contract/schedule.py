"""Checks several rules at once, of one plugin or of many, so that none disturbs another.

Most of a check is waiting: for a start, an end, a deadline. Rules run side by side as far as their
`Place` allows. What misses its time in company, or breaks in a plugin of its own, is checked again
alone, and only that counts: company breaks no rule.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from stage7_plugin.contract.model import Place
from stage7_plugin.contract.rule import Result, Rule
from stage7_plugin.contract.runner import Runner

CORES = os.cpu_count() or 1
JOBS = min(8, 2 * CORES)
"""Rules that run at once unless told otherwise; twice the cores, because most of them wait."""
END_SECONDS = 20.0
"""Longest wait for interrupted rules, whose plugins are gone by then."""

_COMPANY = (Place.SHARED, Place.OWN)


@dataclass(eq=False)
class Plan:
    """What is still to be checked of one plugin."""

    runner: Runner
    asked: Sequence[Rule]
    waiting: list[Rule] = field(init=False)
    alone: set[str] = field(default_factory=set)
    """Rules to check once more, alone."""

    def __post_init__(self) -> None:
        """Add what the rules require."""
        self.waiting = self.runner.with_requirements(self.asked)

    def ready(self) -> Iterator[Task]:
        """Yield the rules whose requirements have been checked."""
        for rule in list(self.waiting):
            if self.runner.is_ready(rule):
                yield Task(self, rule, Place.ALONE if rule.id in self.alone else rule.place)

    def reports(self, result: Result) -> bool:
        """Whether the result was asked for, or explains one that was."""
        return result.broken or any(rule.id == result.rule.id for rule in self.asked)


@dataclass(frozen=True, eq=False)
class Task:
    """One rule of one plugin, to be checked at once."""

    plan: Plan
    rule: Rule
    place: Place


class Schedule:
    """Checks the rules of some plans. Iterating does so, and gives each result when it is known."""

    def __init__(
        self,
        plans: Sequence[Plan],
        jobs: int = JOBS,
        watch: Callable[[Sequence[Task]], None] | None = None,
    ) -> None:
        self._plans, self._jobs = plans, jobs
        self._watch = watch or (lambda tasks: None)
        self._running: dict[Task, threading.Thread] = {}
        self._accompanied: set[Task] = set()
        self._done: queue.SimpleQueue[tuple[Task, Result | BaseException | None]]
        self._done = queue.SimpleQueue()

    def __iter__(self) -> Iterator[tuple[Plan, Result]]:
        """Yield each result with its plan. Whatever ends this ends the plugins that still run."""
        try:
            while True:
                yield from self._without_checking()
                while task := self._startable():
                    self._start(task)
                if not self._running:
                    return
                self._watch(list(self._running))
                yield from self._finished()
        finally:
            self._end()

    def _without_checking(self) -> Iterator[tuple[Plan, Result]]:
        """Yield what is known of rules that cannot be checked."""
        for plan in self._plans:
            for task in plan.ready():
                if result := plan.runner.without_checking(task.rule):
                    plan.waiting.remove(task.rule)
                    yield from _kept(plan, result)

    def _startable(self) -> Task | None:
        """Return what may run beside the running rules; company before what needs the machine."""
        for places in (_COMPANY, (Place.HEAVY,), (Place.ALONE,)):
            for plan in self._plans:
                for task in plan.ready():
                    if task.place in places and self._fits(task):
                        return task
        return None

    def _fits(self, task: Task) -> bool:
        running = self._running
        if task.place is Place.ALONE:
            return not running
        if task.place is Place.HEAVY:
            limit = min(self._jobs, CORES)
            return len(running) < limit and all(r.place is Place.HEAVY for r in running)
        shares = {r.plan for r in running if r.place is Place.SHARED}
        return (
            len(running) < self._jobs
            and all(r.place in _COMPANY for r in running)
            and not (task.place is Place.SHARED and task.plan in shares)
        )

    def _start(self, task: Task) -> None:
        def check() -> None:
            try:
                result = task.plan.runner.check(task.rule, lambda: task in self._accompanied)
                self._done.put((task, result))
            except BaseException as error:  # raised where the results are read
                self._done.put((task, error))

        task.plan.waiting.remove(task.rule)
        thread = threading.Thread(target=check, name=task.rule.id, daemon=True)
        self._running[task] = thread
        if len(self._running) > 1 and task.place in _COMPANY:
            self._accompanied.update(self._running)
        thread.start()

    def _finished(self) -> Iterator[tuple[Plan, Result]]:
        task, result = self._done.get()
        del self._running[task]
        if isinstance(result, BaseException):
            raise result
        if result is None:
            task.plan.alone.add(task.rule.id)
            task.plan.waiting.append(task.rule)
        else:
            yield from _kept(task.plan, result)

    def _end(self) -> None:
        """End what still runs."""
        for plan in {task.plan for task in self._running}:
            plan.runner.end()
        for thread in self._running.values():
            with suppress(RuntimeError):  # interrupted before it was started
                thread.join(END_SECONDS)


def _kept(plan: Plan, result: Result) -> Iterator[tuple[Plan, Result]]:
    plan.runner.keep(result)
    if plan.reports(result):
        yield plan, result


def check_rules(runner: Runner, rules: Sequence[Rule], jobs: int = JOBS) -> Iterator[Result]:
    """Yield the results of these rules of one plugin, and the broken rules that they require."""
    for _, result in Schedule([Plan(runner, rules)], jobs):
        yield result
