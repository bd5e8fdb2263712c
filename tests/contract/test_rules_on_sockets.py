"""What the rules that write to sockets send, and what they make of the answers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from stage7_plugin.contract import raw_http
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.rules import lifecycle, limits, load, unread_output
from stage7_plugin.contract.rules.lifecycle import Ended
from stage7_plugin.host.http_client import Response
from tests.contract.fakes import GOOD, Clock, Facts, Reply, judge, refusal, sick_after, statuses

MIB = 1024 * 1024
REFUSED = ("errors.ambiguous-length", "errors.bad-http", "errors.large-header")
SLOW = {"slow": {"seconds": 0.4}}


def answered(status: int) -> Response:
    return Response(status, {}, b"", 0.0)


class Sent:
    """Takes the place of `raw_http.send`: keeps what is sent, gives one answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answer: Response | str) -> None:
        self.requests: list[tuple[bytes, ...]] = []
        self._answer = answer
        monkeypatch.setattr(raw_http, "send", self)

    def __call__(self, address: object, *parts: bytes, **_: float) -> Response | str:
        self.requests.append(parts)
        return self._answer


@pytest.mark.parametrize("rule", REFUSED)
@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        (answered(399), True),
        (answered(400), False),
        (answered(599), False),
        (answered(600), True),
        ("closed", False),
        ("not HTTP", False),
        ("no answer", True),
    ],
    ids=str,
)
def test_what_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, rule: str, answer: Response | str, broken: bool
) -> None:
    Sent(monkeypatch, answer)
    result = judge(rule, GOOD)
    assert (result.broken, bool(result.got)) == (broken, True)


@pytest.mark.parametrize(
    ("answer", "broken"),
    [(answered(412), True), (answered(413), False), (answered(414), True), ("closed", True)],
    ids=str,
)
def test_only_413_tells_that_a_body_is_too_large(
    monkeypatch: pytest.MonkeyPatch, answer: Response | str, broken: bool
) -> None:
    sent = Sent(monkeypatch, answer)
    result = judge("errors.body-too-large", GOOD)
    assert result.broken is broken
    ((head, *blocks),) = sent.requests
    assert head.startswith(b"POST /execute HTTP/1.1\r\n")
    assert b"Content-Length: 67108864\r\n" in head
    assert sum(map(len, blocks)) == 64 * MIB
    assert "67108864" in result.sent


@pytest.mark.parametrize("rule", [*REFUSED, "errors.body-too-large"])
def test_a_refusal_that_makes_it_ill_is_none(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    Sent(monkeypatch, answered(413))
    assert judge(rule, sick_after(1)).wanted == "a healthy answer"


def test_what_has_two_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Sent(monkeypatch, "closed")
    judge("errors.ambiguous-length", GOOD)
    ((request,),) = sent.requests
    head, _, body = request.partition(b"\r\n\r\n")
    size, chunk, *end = body.split(b"\r\n")
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    assert length
    assert int(length[1]) == int(size, 16) == len(chunk)
    assert b"\r\nTransfer-Encoding: chunked" in head
    assert json.loads(chunk)["inputs"]["text"] == "hello"
    assert end == [b"0", b"", b""]


def test_what_is_no_http(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Sent(monkeypatch, "closed")
    judge("errors.bad-http", GOOD)
    assert len(sent.requests) == 3
    sent = Sent(monkeypatch, "closed")
    judge("errors.large-header", GOOD)
    ((request,),) = sent.requests
    assert MIB < len(request) < MIB + 200
    assert request.endswith(b"x\r\n\r\n")


class Connections:
    """Takes the place of `raw_http.connect`: keeps what is sent on each connection."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int = 1000) -> None:
        self.sent: list[bytes] = []
        self.tried = 0
        self._most = most
        monkeypatch.setattr(raw_http, "connect", self)

    def __call__(self, *_: object) -> Connections:
        self.tried += 1
        if len(self.sent) >= self._most:
            raise ConnectionRefusedError
        return self

    def __enter__(self) -> Connections:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)


@pytest.mark.parametrize("most", [200, 10])
def test_requests_that_never_end(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(limits, "time", Clock())
    opened = Connections(monkeypatch, most)
    result = judge("limits.slow-clients", GOOD)
    assert not result.broken, result
    assert (len(opened.sent), opened.tried) == (most, most if most == 200 else most + 1)
    headers, bodies = opened.sent[::2], opened.sent[1::2]
    assert set(headers) == {headers[0]}
    assert re.fullmatch(rb"GET /health HTTP/1.1\r\nHost: \S+\r\n", headers[0])
    assert bodies[0].endswith(b'Content-Length: 100\r\n\r\n{"inp')
    assert judge("limits.slow-clients", statuses(503)).wanted == "2xx"
    assert judge("limits.slow-clients", sick_after(3)).wanted == "a healthy answer"


def test_callers_that_go_away(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(load, "time", clock)
    opened = Connections(monkeypatch, most=60)

    def free_at(seconds: float) -> Any:
        def respond(method: str, path: str, body: bytes) -> Reply:
            taken = path == "/execute" and clock.now < 100.0 + seconds
            return refusal(429) if taken else GOOD(method, path, body)

        return respond

    assert not judge("load.abandoned", free_at(4.5), scenarios=SLOW).broken
    assert (opened.tried, len(opened.sent)) == (64, 60)
    head, _, body = opened.sent[0].partition(b"\r\n\r\n")
    assert json.loads(body)["inputs"]["seconds"] == 0.4
    assert b"Content-Length: %d" % len(body) in head
    clock.now = 100.0
    result = judge("load.abandoned", free_at(5.5), scenarios=SLOW)
    assert (result.broken, result.wanted) == (True, "2xx")


@pytest.mark.parametrize(
    ("rule", "limit", "signals"),
    [
        ("lifecycle.sigterm-idle", 1.0, 1),
        ("lifecycle.sigterm-open-connection", 1.0, 1),
        ("lifecycle.drain-deadline", 9.5, 1),
        ("lifecycle.second-signal", 1.0, 2),
        ("lifecycle.unread-output", 9.5, 1),
    ],
)
def test_how_long_an_end_may_take(
    monkeypatch: pytest.MonkeyPatch, rule: str, limit: float, signals: int
) -> None:
    monkeypatch.setattr(lifecycle, "time", Clock())
    monkeypatch.setattr(unread_output, "LINES", 8)
    scenarios = {"overdue": {"seconds": 15}}
    for seconds, broken in ((limit - 0.01, False), (limit, True), (10.5, True)):
        facts = Facts(end_seconds=seconds)
        result = judge(rule, GOOD, facts=facts, scenarios=scenarios)
        assert result.broken is broken, result
        assert broken or facts.signals == signals
        expected = f"after {seconds:.2f} s" if seconds < 10 else "still running after 10 s"
        assert expected in result.got
        assert not broken or f"within {limit:g} s" in result.wanted


@pytest.mark.parametrize(
    ("rule", "scenario", "seconds"),
    [
        ("lifecycle.drain", "slow", 0.2),
        ("lifecycle.drain-deadline", "overdue", 0.2),
        ("lifecycle.second-signal", "overdue", 0.3),
    ],
)
def test_the_signal_comes_while_the_execution_of_the_scenario_runs(
    monkeypatch: pytest.MonkeyPatch, rule: str, scenario: str, seconds: float
) -> None:
    clock = Clock()
    monkeypatch.setattr(lifecycle, "time", clock)
    seen: list[Any] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/execute":
            seen.append(json.loads(body)["inputs"]["seconds"])
        return GOOD(method, path, body)

    facts = Facts(end_seconds=0.1)
    assert not judge(rule, respond, facts=facts, scenarios={scenario: {"seconds": 15}}).broken
    assert seen == [15]
    assert clock.now == pytest.approx(100 + seconds)


@pytest.mark.parametrize("code", [0, 137])
def test_the_exit_code_of_an_idle_plugin_is_kept(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    kept: list[Ended] = []
    monkeypatch.setattr(Context, "keep", lambda self, rule_id, returned: kept.append(returned))
    judge("lifecycle.sigterm-idle", GOOD, facts=Facts(exit_code=code))
    assert [ended.exit_code for ended in kept] == [code]


def test_a_second_poll_is_one_too_many() -> None:
    polls = iter(range(100))

    def every_second(method: str, path: str, body: bytes) -> Reply:
        return refusal(503) if next(polls) % 2 == 0 else GOOD(method, path, body)

    result = judge("lifecycle.first-poll", every_second, polls=20)
    assert (result.broken, result.got) == (True, "healthy at poll 2")
    assert judge("lifecycle.healthy", every_second, polls=20).got == "healthy at poll 2"
