"""How the rules start a plugin: with one variable, with all of them, confined, built again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rule import RULES
from stage7_plugin.contract.rules import (
    build,
    hardened,
    lifecycle,
    load,
    secrets,
    unread_output,
)
from stage7_plugin.contract.rules.environment import INTERPRETER_OPTIONS
from stage7_plugin.contract.targets.base import Rebuild, StartOptions
from tests.contract.fakes import GOOD, Clock, Facts, FakeTarget, Reply, judge, refusal, statuses

FAILED, WARNED = Status.FAILED, Status.WARNED
SCENARIOS = {r.id: r.scenario for r in RULES if r.scenario and r.id != "load.retry-after"}
"""The rules that execute a scenario; one only looks at what another one got."""


def names(options: StartOptions) -> set[str]:
    return set(options.environment)


@pytest.mark.parametrize(
    ("rule", "wanted", "sent"),
    [
        ("env.foreign-path", lambda o: names(o) == {"PATH"}, "PATH=/opt/host/bin"),
        ("env.port-ignored", lambda o: names(o) == {"PORT"}, "PORT=5060"),
        ("env.foreign-home", lambda o: names(o) == {"HOME"}, "HOME=/opt/host/home"),
        ("env.pythonhome-ignored", lambda o: names(o) == {"PYTHONHOME"}, "PYTHONHOME=/opt/host"),
        ("env.pythonpath-ignored", lambda o: o.poisoned_pythonpath, "json.py raises"),
        (
            "env.interpreter-options-ignored",
            lambda o: o.environment == INTERPRETER_OPTIONS,
            "PERL5OPT=-M",
        ),
        ("hardened.read-only", lambda o: o.read_only, "--read-only --tmpfs /tmp"),
        ("hardened.no-capabilities", lambda o: o.drop_capabilities, "--cap-drop ALL"),
        ("hardened.any-user", lambda o: o.user == "54321:54321", "--user 54321:54321"),
    ],
)
def test_a_start_of_its_own_decides(
    rule: str, wanted: Callable[[StartOptions], bool], sent: str
) -> None:
    started: list[StartOptions] = []

    def starts(options: StartOptions) -> bool:
        started.append(options)
        return True

    passed = judge(rule, GOOD, facts=Facts(starts_with=starts))
    assert passed.status is Status.PASSED
    assert sent in passed.sent
    of_its_own = [options for options in started if wanted(options)]
    assert len(of_its_own) == 1
    assert rule.startswith("env.") or "S7_CM_TOKEN" in of_its_own[0].environment
    broken = judge(rule, GOOD, facts=Facts(starts_with=lambda options: not wanted(options)))
    assert (broken.status, broken.got) == (
        WARNED if rule == "hardened.any-user" else FAILED,
        "it does not start",
    )
    assert sent in broken.sent


@pytest.mark.parametrize("with_logic", [True, False])
@pytest.mark.parametrize("rule", SCENARIOS)
def test_scenarios_run_in_a_plugin_that_knows_them(
    monkeypatch: pytest.MonkeyPatch, rule: str, with_logic: bool
) -> None:
    """Where the suite's own logic takes the place of the plugin's, that is another plugin."""
    for rules in (lifecycle, load, secrets):
        monkeypatch.setattr(rules, "time", Clock())
    started: list[StartOptions] = []

    def starts(options: StartOptions) -> bool:
        started.append(options)
        return True

    facts = Facts(starts_with=starts, end_seconds=0.1)
    inputs = {SCENARIOS[rule]: {"seconds": 1}}
    judge(rule, statuses(500), facts=facts, scenarios=inputs, with_logic=with_logic)
    assert {options.scenario_logic for options in started} == {with_logic}


@pytest.mark.parametrize(
    "rule", ["hardened.read-only", "hardened.no-capabilities", "hardened.any-user"]
)
def test_a_confined_plugin_also_executes(rule: str) -> None:
    assert judge(rule, statuses(500)).wanted == "2xx, as without"


def test_the_health_check_of_the_engine_is_polled_once_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[StartOptions] = []
    clock = Clock()
    facts = Facts(health_check=("starting", ""))

    def starts(options: StartOptions) -> bool:
        started.append(options)
        return True

    facts.starts_with = starts

    def sleep(seconds: float) -> None:
        clock.now += seconds
        if clock.now >= healthy_at:
            facts.health_check = ("healthy", "")

    monkeypatch.setattr(clock, "sleep", sleep)
    monkeypatch.setattr(hardened, "time", clock)
    healthy_at = 119.5
    assert judge("image.healthcheck", GOOD, facts=facts).status is Status.PASSED
    assert started[-1].health_check_seconds == 1
    assert "S7_CM_TOKEN" in started[-1].environment
    facts.health_check = ("unhealthy", "x" * 300)
    healthy_at, clock.now = 121, 100.0
    result = judge("image.healthcheck", GOOD, facts=facts)
    assert (result.status, result.got) == (FAILED, "unhealthy: " + "x" * 200)


@pytest.mark.parametrize(
    ("builds", "status"),
    [
        ([Rebuild(True, 1.99)], Status.PASSED),
        ([Rebuild(True, 2.0)], FAILED),
        ([Rebuild(True, 2.5)], FAILED),
        ([Rebuild(False, 0.1), Rebuild(True, 0.1)], Status.PASSED),
        ([Rebuild(False, 0.1), Rebuild(False, 0.1)], FAILED),
    ],
)
def test_a_second_build(
    monkeypatch: pytest.MonkeyPatch, builds: list[Rebuild], status: Status
) -> None:
    left = list(builds)

    def rebuild(self: FakeTarget) -> Rebuild:
        return left.pop(0) if len(left) > 1 else left[0]

    monkeypatch.setattr(FakeTarget, "rebuild", rebuild)
    result = judge("build.cached", GOOD)
    assert result.status is status
    assert f"after {builds[-1].seconds:.2f} s" in result.got
    assert build.CACHED_SECONDS == 2


@pytest.mark.parametrize("noisy", [True, False])
def test_output_is_made_until_nobody_can_take_it(
    monkeypatch: pytest.MonkeyPatch, noisy: bool
) -> None:
    figures = {"LINES": 8, "AT_ONCE": 2, "CROWD": 3}
    for name, number in figures.items():
        monkeypatch.setattr(unread_output, name, number)
    seen: list[str] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        seen.append("noisy" if b"make noise" in body else path[:13])
        return GOOD(method, path, body)

    scenarios = {"noisy": {"text": "make noise"}} if noisy else {}
    result = judge("lifecycle.unread-output", respond, scenarios=scenarios)
    assert not result.broken, result
    assert seen.count("noisy") == (2 if noisy else 0)
    # From each of two threads 3 requests (of a noisy plugin) or 4; a crowd of 3; one at the end.
    assert seen.count("/no-such-path") == 4
    assert seen.count("/execute") == (2 if noisy else 4) + 3 + 1


@pytest.mark.parametrize(("refusals", "broken"), [(21, False), (22, True)])
def test_a_crowd_may_still_hold_its_slots(
    monkeypatch: pytest.MonkeyPatch, refusals: int, broken: bool
) -> None:
    """Two more are refused before the last 20 executions: one that makes output, one in a crowd."""
    for name, number in {"LINES": 2, "AT_ONCE": 1, "CROWD": 1}.items():
        monkeypatch.setattr(unread_output, name, number)
    monkeypatch.setattr(unread_output, "time", Clock())
    left = [refusal(429)] * refusals

    def respond(method: str, path: str, body: bytes) -> Reply:
        return left.pop() if path == "/execute" and left else GOOD(method, path, body)

    result = judge("lifecycle.unread-output", respond)
    assert (result.broken, result.wanted) == (broken, "2xx" if broken else "")


def test_it_gives_up_making_output_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(unread_output, "time", clock)
    for name, number in {"LINES": 20, "AT_ONCE": 1, "CROWD": 1}.items():
        monkeypatch.setattr(unread_output, name, number)
    paths: list[str] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        clock.now += 25 if path.startswith("/no-such") else 0
        paths.append(path[:13])
        return GOOD(method, path, body)

    assert not judge("lifecycle.unread-output", respond).broken
    assert paths.count("/no-such-path") == 3
