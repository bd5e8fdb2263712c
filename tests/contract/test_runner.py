"""How rules are run: deaths and restarts, attempts, faults of the suite, time, requirements."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from stage7_plugin.contract import context as context_module
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken, Late, NotCheckable
from stage7_plugin.contract.instances import Patience
from stage7_plugin.contract.model import Need, Status
from stage7_plugin.contract.rule import RULES, Result, Rule
from stage7_plugin.contract.runner import ATTEMPTS, Runner, rules_named
from stage7_plugin.contract.scenarios import Scenarios
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.base import Running
from stage7_plugin.host.view import HostView
from tests.contract.fakes import (
    GOOD,
    MANIFEST,
    Facts,
    FakeRunning,
    FakeTarget,
    Reply,
    Respond,
    judge,
    refusal,
    serving,
)

PATIENT = 60.0


def rule_of(function: Callable[[Context], Any], **fields: Any) -> Rule:
    return replace(Rule("test.rule", "a rule", "do better", function), **fields)


def run(
    *rules: Rule, facts: Facts | None = None, respond: Respond = GOOD
) -> tuple[list[Result], FakeTarget]:
    facts = facts or Facts()
    with serving(respond) as port:
        target = FakeTarget(port, MANIFEST, facts, frozenset(Need))
        context = Context(target, {"text": "x"}, Scenarios({}), Patience(2, 0.01))
        with Runner(context) as runner:
            return [runner.result(rule) for rule in rules], target


def test_a_plugin_that_dies_is_named_with_its_last_lines_and_started_again() -> None:
    facts = Facts(log="first\nout of tokens")

    def kills(context: Context) -> None:
        context.note("a deadly request")
        context.instances.shared()
        facts.ended = "the container ended with exit code 137"

    def uses(context: Context) -> None:
        facts.ended = None
        context.execute(context.samples)

    (died, after), target = run(rule_of(kills), rule_of(uses, id="test.next"), facts=facts)
    assert died.status is Status.FAILED
    assert died.sent == "a deadly request"
    assert died.got.startswith("the plugin died at this rule: the container ended with exit code")
    assert "its last lines:\nfirst\nout of tokens" in died.got
    assert after.status is Status.PASSED
    assert len(target.started) == 2


def test_a_plugin_of_a_rule_alone_that_dies_is_named_too() -> None:
    def kills(context: Context) -> None:
        with context.fresh():
            facts.ended = "exit code 1"
            raise Broken("x", "no answer", "an answer")

    facts = Facts(log="bye")
    (died,), _ = run(rule_of(kills), facts=facts)
    assert died.got.startswith("no answer; the plugin died at this rule: exit code 1")
    assert "bye" in died.got


def test_a_plugin_that_was_told_to_end_did_not_die() -> None:
    def ends(context: Context) -> None:
        with context.fresh() as running:
            running.terminate()
            raise Broken("SIGTERM", "exit code 1", "exit code 0")

    (result,), _ = run(rule_of(ends))
    assert result.got == "exit code 1"


@pytest.mark.parametrize("healthy", [True, False])
def test_an_end_that_is_not_known_yet_is_waited_for_unless_the_plugin_says_it_is_healthy(
    healthy: bool,
) -> None:
    facts = Facts()
    asked: list[str] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        asked.append(path)
        if not healthy:
            facts.ended = "exit code 137"  # which the engine learns a moment later
        return GOOD(method, path, body) if healthy else refusal(503)

    with serving(respond) as port:
        running = FakeRunning(HostView.from_manifest(MANIFEST), port, facts)
        death = Running.death(running, patience=PATIENT)
    assert asked == ["/health"]
    assert death == (None if healthy else "exit code 137")


def test_a_death_spoils_also_what_could_not_be_checked_and_keeps_what_was_seen() -> None:
    def skips(context: Context) -> None:
        context.instances.shared()
        facts.ended = "exit code 1"
        raise NotCheckable("nothing to see")

    def breaks(context: Context) -> None:
        context.instances.shared()
        facts.ended = "exit code 1"
        raise Broken("x", "closed", "an answer")

    facts = Facts()
    (skipped,), _ = run(rule_of(skips), facts=facts)
    assert skipped.status is Status.FAILED
    facts = Facts()
    (broken,), _ = run(rule_of(breaks, advice=True), facts=facts)
    assert broken.status is Status.WARNED
    assert broken.got == "closed; the plugin died at this rule: exit code 1"
    assert broken.wanted == "an answer"


def test_a_fault_of_the_suite_is_a_failed_rule_and_not_the_end_of_the_report() -> None:
    def confused(context: Context) -> None:
        context.note("something odd")
        raise RecursionError("too deep")

    (result,), _ = run(rule_of(confused))
    assert result.status is Status.FAILED
    assert (result.sent, result.got) == (
        "something odd",
        "RecursionError in the suite itself: too deep",
    )


@pytest.mark.parametrize(("late", "attempts"), [(True, ATTEMPTS), (False, 1)])
def test_only_what_the_clock_decides_is_tried_again(late: bool, attempts: int) -> None:
    tries: list[int] = []

    def slow(context: Context) -> None:
        tries.append(1)
        raise (Late if late else Broken)("x", "slow", "fast")

    (result,), _ = run(rule_of(slow))
    assert result.status is Status.FAILED
    assert len(tries) == attempts


def test_what_is_in_time_at_last_passes() -> None:
    tries: list[int] = []

    def slow(context: Context) -> str:
        tries.append(1)
        context.expect_in_time(len(tries) == ATTEMPTS, "in time")
        return "kept"

    def reads(context: Context) -> None:
        assert context.returned("test.rule", str) == "kept"
        assert context.returned("test.none", str) is None
        with pytest.raises(TypeError, match=r"test\.rule returned str, not int"):
            context.returned("test.rule", int)

    results, _ = run(rule_of(slow), rule_of(reads, id="test.reads"))
    assert [result.status for result in results] == [Status.PASSED, Status.PASSED]


def test_the_requests_of_a_rule_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context_module, "LONGEST_RULE", 0.3)

    def endless(context: Context) -> None:
        while True:
            context.execute(context.samples)

    (result,), _ = run(rule_of(endless))
    assert result.status is Status.FAILED
    assert "all the answers of this rule within 0.3 s" in result.wanted


@pytest.mark.parametrize(
    ("timeout", "patience"), [(1_000, 10), (20_000, 25), (3_600_000, 120), (10**15, 120)]
)
def test_no_manifest_makes_the_suite_wait_for_long(timeout: int, patience: float) -> None:
    plugin = {**MANIFEST, "api": {**MANIFEST["api"], "timeout": timeout}}
    target = FakeTarget(1, plugin, Facts(), frozenset())
    assert Context(target, {}, Scenarios({})).patient_timeout == patience


def test_a_rule_whose_requirement_is_broken_is_not_checked() -> None:
    def respond(method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        return (200, {}, b'{"status": "healthy"}') if path == "/health" else (500, {}, b"")

    with serving(respond) as port:
        target = FakeTarget(port, MANIFEST, Facts(), frozenset({Need.START}))
        context = Context(target, {"text": "x"}, Scenarios({}), Patience(2, 0.01))
        with Runner(context) as runner:
            (wanted,) = rules_named(("load.one-after-another",))
            found = {result.rule.id: result for result in check_rules(runner, [wanted])}
    assert found["execute.raw-inputs"].status is Status.FAILED
    blocked = found["load.one-after-another"]
    assert (blocked.status, blocked.blocked) == (Status.SKIPPED, True)
    assert blocked.reason == "execute.raw-inputs must pass first"


def test_a_plugin_that_starts_only_without_the_hosts_environment_is_checked_all_the_same() -> None:
    facts = Facts(starts_with=lambda options: not options.environment)
    result = judge("lifecycle.healthy", GOOD, facts=facts)
    assert result.status is Status.PASSED
    assert "only without the host's environment" in result.got
    result = judge("execute.raw-inputs", GOOD, facts=facts)
    assert result.status is Status.PASSED


def test_names_and_groups() -> None:
    assert [rule.id for rule in rules_named(("lifecycle.drain",))] == ["lifecycle.drain"]
    assert {rule.id.split(".")[0] for rule in rules_named(("env", "build"))} == {"env", "build"}
    assert rules_named(()) == RULES
    with pytest.raises(
        ValueError, match="no rule or group 'drain'; the groups are manifest, build"
    ):
        rules_named(("drain",))
    known = {rule.id for rule in RULES}
    assert all(set(rule.requires) <= known for rule in RULES)
    assert json.dumps(sorted(known))


def test_what_is_advice_only() -> None:
    """A plugin that breaks one of these passes all the same, so no other may become one."""
    assert {rule.id for rule in RULES if rule.advice} == {
        "execute.written",
        "errors.all-problems",
        "generated.accepted",
        "hardened.any-user",
        "lifecycle.exit-code",
        "lifecycle.first-poll",
        "lifecycle.second-signal",
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_says_why_what_is_sent_and_what_is_expected(rule: Rule) -> None:
    assert all(part.endswith((".", "?")) for part in rule.explanation), rule.explanation
    assert rule.todo
