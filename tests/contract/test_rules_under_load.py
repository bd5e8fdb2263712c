"""What the rules on many and on large executions make of what a crowd gets, to the last one."""

from __future__ import annotations

import json
from collections import Counter
from threading import Event
from typing import Any

import pytest

from stage7_plugin.contract import context, runner
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rules import load
from stage7_plugin.host.http_client import NoAnswer, Response
from tests.contract.fakes import (
    GOOD,
    Clock,
    Reply,
    judge,
    manifest,
    refusal,
    statuses,
)

SLOW = {"slow": {"seconds": 0.4}}
Wave = load._Wave


def answer(status: int, seconds: float = 0.1) -> Response:
    return Response(status, {}, b"", seconds)


DONE, BUSY = answer(200, 1.5), answer(429)


@pytest.mark.parametrize(
    ("executions", "broken"),
    [
        ([DONE, *[BUSY] * 63], False),
        ([*[DONE] * 63, BUSY], False),
        ([DONE, *[answer(503)] * 63], False),
        ([DONE] * 64, True),
        ([BUSY] * 64, True),
        ([None, DONE, *[BUSY] * 62], True),
        ([answer(500), DONE, *[BUSY] * 62], True),
        ([DONE, answer(429, 0.99), *[BUSY] * 62], False),
        ([DONE, answer(429, 1.0), *[BUSY] * 62], True),
    ],
    ids=str,
)
def test_what_a_bound_is(
    monkeypatch: pytest.MonkeyPatch, executions: list[Response | None], broken: bool
) -> None:
    monkeypatch.setattr(load, "_wave", lambda context: Wave(executions, []))
    result = judge("load.bounded", GOOD, scenarios=SLOW)
    assert result.broken is broken
    slowest = max((a.seconds for a in executions if a and a.status in (429, 503)), default=0)
    assert f"the slowest refusal after {slowest:.2f} s" in result.got
    for status, count in Counter(a.status if a else "no answer" for a in executions).items():
        assert f"{count} x {status}" in result.got


def test_the_wave_of_the_rule_before_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waves: list[Any] = []
    monkeypatch.setattr(load, "_wave", lambda context: waves.append(context))
    returned = {"load.health-under-load": Wave([DONE, *[BUSY] * 63], [])}
    result = judge("load.bounded", GOOD, scenarios=SLOW, returned=returned)
    assert (result.broken, waves) == (False, [])


@pytest.mark.parametrize(
    ("executions", "health", "broken"),
    [
        ([answer(200, 3.0)], [answer(200, 1.0)], False),
        ([answer(200, 3.0)], [answer(200, 1.01)], True),
        ([answer(200, 1.0), answer(200, 3.0)], [answer(200, 0.5)], False),
        ([answer(200, 1.0), answer(200, 3.0)], [answer(200, 0.1), answer(200, 0.51)], True),
        ([answer(429, 0.1), None], [answer(200, 1.0)], False),
        ([], [answer(503)], True),
        ([], [answer(200), None], True),
    ],
)
def test_when_health_is_late(
    monkeypatch: pytest.MonkeyPatch,
    executions: list[Response | None],
    health: list[Response | None],
    broken: bool,
) -> None:
    monkeypatch.setattr(load, "_wave", lambda context: Wave(executions, health))
    result = judge("load.health-under-load", GOOD, scenarios=SLOW)
    assert result.broken is broken
    slowest = max(a.seconds for a in health if a)
    assert f"{len(health)} answers, the slowest after {slowest:.2f} s" in result.got
    assert ("and then nothing" in result.got) == (None in health)


def test_a_wave_is_64_executions_and_at_least_ten_polls_of_health(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(load, "time", Clock())
    seen: Counter[Any] = Counter()

    def respond(method: str, path: str, body: bytes) -> Reply:
        seen[json.loads(body)["inputs"]["seconds"] if body else path] += 1
        return GOOD(method, path, body)

    judge("load.bounded", respond, scenarios=SLOW)
    assert seen.keys() == {0.4, "/health"}
    assert seen[0.4] == 64
    assert seen["/health"] >= 11, "the first health is that of the start"


def test_health_is_polled_for_as_long_as_the_wave_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "time", Clock())
    polls: list[str] = []
    enough = Event()

    def call(_address: object, _method: str, path: str, **_: object) -> Response:
        polls.append(path)
        if len(polls) == 40:
            enough.set()
        return answer(200)

    def at_once(count: int, function: object) -> list[Response]:
        assert enough.wait(60)
        return []

    monkeypatch.setattr(load, "call", call)
    monkeypatch.setattr(load, "at_once", at_once)
    judge("load.health-under-load", GOOD, scenarios=SLOW)
    assert len(polls) >= 40


def test_health_that_is_silent_ends_the_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [answer(200)] * 3

    def call(*_: object, **__: object) -> Response:
        if not left:
            raise NoAnswer("nothing")
        return left.pop()

    monkeypatch.setattr(load, "time", Clock())
    monkeypatch.setattr(load, "call", call)
    monkeypatch.setattr(load, "at_once", lambda count, function: [])
    monkeypatch.setattr(runner, "ATTEMPTS", 1)
    result = judge("load.health-under-load", GOOD, scenarios=SLOW)
    assert (result.broken, result.got) == (
        True,
        "4 answers, the slowest after 0.10 s and then nothing within 3 s",
    )


def test_a_slow_plugin_has_shown_enough_after_30_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(load, "time", clock)

    def slowly(method: str, path: str, body: bytes) -> Reply:
        clock.now += 10 if path == "/execute" else 0
        return GOOD(method, path, body)

    result = judge("load.one-after-another", slowly)
    assert (result.status, result.sent) == (
        Status.PASSED,
        "execution 4 of 200, one after another",
    )


@pytest.mark.parametrize(("timeout", "status"), [(60_000, Status.PASSED), (60_001, Status.SKIPPED)])
def test_the_longest_deadline_that_is_waited_for(timeout: int, status: Status) -> None:
    plugin = manifest(api={"endpoint": "/execute", "method": "POST", "timeout": timeout})
    result = judge("load.deadline", statuses(400), plugin=plugin, scenarios={"overdue": {}})
    assert result.status is status


@pytest.mark.parametrize(("seconds", "broken"), [(1.19, False), (1.2, True)])
def test_an_answer_at_the_deadline_is_late(
    monkeypatch: pytest.MonkeyPatch, seconds: float, broken: bool
) -> None:
    waits: list[float] = []

    def call(*_: object, timeout: float, **__: object) -> Response:
        waits.append(timeout)
        return answer(504, seconds)

    monkeypatch.setattr(context, "call", call)
    result = judge("load.deadline", GOOD, scenarios={"overdue": {}})
    assert result.broken is broken
    assert f"after {seconds:.2f} s" in result.got
    assert waits[0] == 3.2, "two seconds more than it has, to see how late it is"


@pytest.mark.parametrize(("most", "refused"), [(10**7, 0), (10**6, 5_000_000), (1, 900_000)])
def test_the_hosts_list_of_plugins(most: int, refused: int) -> None:
    sizes: list[int] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/health":
            return GOOD(method, path, body)
        sizes.append(len(json.loads(body)["inputs"]["availablePlugins"]))
        return refusal(413) if sizes[-1] > most else GOOD(method, path, body)

    result = judge("limits.plugin-list", respond)
    assert result.broken is bool(refused)
    assert f"availablePlugins of {refused or 5_000_000} bytes" in result.sent
    wanted = [900_000, 5_000_000][: 1 if refused == 900_000 else 2]
    assert sizes == [pytest.approx(size, abs=100) for size in wanted]
