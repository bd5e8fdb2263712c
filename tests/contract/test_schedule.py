"""Which rules run beside which, and that company breaks none of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, DidNotStart, Late
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Need, Place, Status
from stage7_plugin.contract.rule import RULES, Rule
from stage7_plugin.contract.runner import Runner
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.schedule import Plan, Schedule, check_rules
from tests.contract.fakes import GOOD, MANIFEST, Facts, FakeTarget, serving

PATIENT = 20.0


class Company:
    """Rules that note with how many others they ran, and wait until they are as many as told."""

    def __init__(self) -> None:
        self.lock = threading.Condition()
        self.now: list[str] = []
        self.met: dict[str, set[str]] = {}

    def rule(self, name: str, place: Place, meets: int = 1, **fields: Any) -> Rule:
        def check(context: Context) -> None:
            with self.lock:
                self.now.append(name)
                self.lock.notify_all()
                self.lock.wait_for(lambda: len(self.met_by(name)) >= meets, PATIENT)
                time.sleep(0.02)  # time for a rule that must not run now to show up
                self.met[name] = self.met_by(name)
            with self.lock:
                self.now.remove(name)

        return Rule(f"test.{name}", name, "", check, place=place, **fields)

    def met_by(self, name: str) -> set[str]:
        seen = self.met.setdefault(name, set()) | set(self.now)
        for other in self.now:
            self.met.setdefault(other, set()).add(name)
        self.met[name] = seen
        return seen


@contextmanager
def runner(facts: Facts | None = None) -> Iterator[Runner]:
    with serving(GOOD) as port:
        target = FakeTarget(port, MANIFEST, facts or Facts(), frozenset(Need))
        context = Context(target, {"text": "x"}, Scenarios({}), Patience(2, 0.01))
        with Runner(context) as made:
            yield made


def test_rules_with_a_plugin_of_their_own_run_side_by_side_and_others_do_not() -> None:
    company = Company()
    rules = [
        company.rule("own", Place.OWN, meets=3),
        company.rule("other", Place.OWN, meets=3),
        company.rule("shared", Place.SHARED, meets=3),
        company.rule("second", Place.SHARED),
        company.rule("heavy", Place.HEAVY),
        company.rule("quick", Place.ALONE),
    ]
    with runner() as made:
        results = list(check_rules(made, rules, jobs=4))
    assert {result.status for result in results} == {Status.PASSED}
    assert {"own", "other", "shared"} <= company.met["own"]
    assert "shared" not in company.met["second"]
    assert company.met["heavy"] == {"heavy"}
    assert company.met["quick"] == {"quick"}


def test_shared_plugins_of_two_targets_are_used_at_the_same_time() -> None:
    company = Company()
    with runner() as one, runner() as other:
        plans = [
            Plan(one, [company.rule("first", Place.SHARED, meets=2)]),
            Plan(other, [company.rule("second", Place.SHARED, meets=2)]),
        ]
        found = [(plan, result.status) for plan, result in Schedule(plans, jobs=2)]
    assert sorted(map(plans.index, (plan for plan, _ in found))) == [0, 1]
    assert company.met["first"] == {"first", "second"}


def test_no_more_rules_run_at_once_than_asked_for() -> None:
    company = Company()
    rules = [company.rule(f"own-{number}", Place.OWN) for number in range(6)]
    with runner() as made:
        list(check_rules(made, rules, jobs=1))
    assert all(met == {name} for name, met in company.met.items())


@pytest.mark.parametrize(
    ("place", "error", "attempts", "status"),
    [
        (Place.OWN, Late("x", "slow", "fast"), 2, Status.PASSED),
        (Place.SHARED, Late("x", "slow", "fast"), 2, Status.PASSED),
        (Place.OWN, Broken("x", "closed", "an answer"), 2, Status.PASSED),
        (Place.OWN, DidNotStart("it ended"), 2, Status.PASSED),
        (Place.SHARED, Broken("x", "closed", "an answer"), 1, Status.FAILED),
        (Place.ALONE, Broken("x", "closed", "an answer"), 1, Status.FAILED),
    ],
)
def test_what_company_may_have_broken_is_checked_again_alone(
    place: Place, error: Exception, attempts: int, status: Status
) -> None:
    tries: list[list[str]] = []
    company = Company()

    def fails_at_first(context: Context) -> None:
        tries.append(list(company.now))
        if len(tries) == 1:
            with company.lock:
                company.lock.wait_for(lambda: place is Place.ALONE or company.met, PATIENT)
            raise error

    rules = [
        Rule("test.fails", "fails", "", fails_at_first, place=place),
        company.rule("beside", Place.OWN),
    ]
    with runner() as made:
        found = {r.rule.id: r.status for r in check_rules(made, rules, jobs=4)}
    assert found["test.fails"] is status
    assert len(tries) == attempts
    assert tries[-1] == [] or attempts == 1


@pytest.mark.parametrize(("jobs", "tries"), [(1, 1), (2, 2)])
def test_what_breaks_without_company_is_not_checked_again(jobs: int, tries: int) -> None:
    begun = threading.Barrier(jobs, timeout=PATIENT)
    tried: list[int] = []

    def breaks(context: Context) -> None:
        tried.append(1)
        if len(tried) == 1:
            begun.wait()
        context.note("a request", "nothing")
        context.expect(False, "an answer")

    def passes(context: Context) -> None:
        if jobs == 2:
            begun.wait()

    rules = [
        Rule("test.breaks", "", "", breaks, place=Place.OWN),
        Rule("test.passes", "", "", passes, place=Place.OWN),
    ]
    with runner() as made:
        found = {r.rule.id: r.status for r in check_rules(made, rules, jobs=jobs)}
    assert found == {"test.breaks": Status.FAILED, "test.passes": Status.PASSED}
    assert len(tried) == tries


def test_what_breaks_each_time_is_broken() -> None:
    def breaks(context: Context) -> None:
        with context.fresh():
            context.note("a request", "nothing")
            context.expect(False, "an answer")

    facts = Facts(log="first\nlast words")
    with runner(facts) as made:
        (result,) = check_rules(made, [Rule("test.breaks", "", "", breaks, place=Place.OWN)])
    assert (result.status, result.got) == (Status.FAILED, "nothing")
    assert result.log == "its last lines:\nfirst\nlast words"


def test_a_rule_waits_for_what_it_requires(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def noting(name: str) -> Callable[[Context], None]:
        return lambda context: order.append(name)

    late = Rule("test.late", "", "", noting("late"), requires=("test.first",), place=Place.OWN)
    first = Rule("test.first", "", "", noting("first"), place=Place.ALONE)
    monkeypatch.setattr("stage7_plugin.contract.runner.RULES", [*RULES, late, first])
    with runner() as made:
        reported = [result.rule.id for result in check_rules(made, [late])]
    assert order == ["first", "late"]
    assert reported == ["test.late"]


def test_a_reader_that_stops_ends_every_running_plugin() -> None:
    killed = threading.Event()
    begun = threading.Barrier(3, timeout=PATIENT)

    def waits(context: Context) -> None:
        with context.fresh() as running:
            vars(running)["kill"] = killed.set
            begun.wait()
            assert killed.wait(PATIENT)

    def passes(context: Context) -> None:
        begun.wait()

    rule = Rule("test.waits", "", "", waits, place=Place.OWN)
    rules = [rule, replace(rule, id="test.waits-too"), replace(rule, id="x", function=passes)]
    with runner() as made:
        results = iter(check_rules(made, rules, jobs=3))
        assert next(results).rule.id == "x"
        results.close()  # type: ignore[attr-defined]
        assert killed.is_set()
        with pytest.raises(Exception, match="stopped"), made.context.fresh():
            pass
