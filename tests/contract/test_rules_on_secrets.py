"""Where the rules on secrets look for the values that only they know."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from stage7_plugin.contract.model import Status
from stage7_plugin.contract.rules import execute, secrets
from tests.contract.fakes import (
    GOOD,
    Clock,
    Facts,
    Reply,
    Respond,
    inputs_of,
    judge,
    refusal,
    success,
)

FAILED = Status.FAILED
TOKEN, BRAIN = "__auth_token", "__brain_auth_token"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The log is there at once."""
    clock = Clock()
    for rules in (secrets, execute):
        monkeypatch.setattr(rules, "time", clock)
    return clock


def inputs(body: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(body)["inputs"]
    except ValueError:
        return {}
    return found


def leaking(shows: Callable[[dict[str, Any]], Any], facts: Facts | None = None) -> Respond:
    """Shows what `shows` picks of the inputs: in its log with `facts`, else where it answers."""

    def respond(method: str, path: str, body: bytes) -> Reply:
        found = shows(inputs(body)) if path == "/execute" else None
        if facts is not None:
            facts.log += f"{found}\n" if found else ""
            return GOOD(method, path, body)
        if not found:
            return GOOD(method, path, body)
        good = isinstance(inputs(body).get("text"), str)
        return success(result=found) if good else refusal(error=f"no {found}")

    return respond


@pytest.mark.parametrize("name", [TOKEN, BRAIN])
def test_a_token_in_an_answer(name: str) -> None:
    result = judge("secrets.token-in-answer", leaking(lambda given: given.get(name)))
    assert result.status is FAILED
    assert "canary-" in result.got
    assert judge("secrets.token-in-error", GOOD).status is Status.PASSED


def is_left_out(given: dict[str, Any]) -> bool:
    return bool(given) and "text" not in given


def is_mistyped(given: dict[str, Any]) -> bool:
    return isinstance(given.get("pin"), dict)


def fails(given: dict[str, Any]) -> bool:
    return given.get("text") == "fail"


@pytest.mark.parametrize("where", [is_left_out, is_mistyped, fails])
def test_a_token_in_an_error(where: Callable[[dict[str, Any]], bool]) -> None:
    respond = leaking(lambda given: given.get(TOKEN) if where(given) else None)
    result = judge("secrets.token-in-error", respond, scenarios={"failing": {"text": "fail"}})
    assert result.status is FAILED


def test_a_token_in_an_error_on_half_a_document() -> None:
    def respond(method: str, path: str, body: bytes) -> Reply:
        broken = path == "/execute" and not body.endswith(b"}")
        return refusal(400, body.decode()) if broken else GOOD(method, path, body)

    assert judge("secrets.token-in-error", respond).status is FAILED


@pytest.mark.parametrize("where", [lambda given: given.get("text") == "hello", is_left_out])
def test_a_token_in_the_log(where: Callable[[dict[str, Any]], bool], clock: Clock) -> None:
    facts = Facts()
    respond = leaking(lambda given: given.get(TOKEN) if where(given) else None, facts)
    result = judge("secrets.token-in-log", respond, facts=facts)
    assert result.status is FAILED
    assert clock.now == pytest.approx(100.3), "a line may take a moment to arrive"


@pytest.mark.parametrize("in_log", [True, False])
def test_what_the_logic_itself_leaks(in_log: bool) -> None:
    facts = Facts()
    scenarios = {"leaking": {"text": "leak"}}
    respond = leaking(
        lambda given: given.get(TOKEN) if given["text"] == "leak" else None,
        facts if in_log else None,
    )
    result = judge("secrets.redacted", respond, facts=facts, scenarios=scenarios)
    assert result.status is FAILED
    assert judge("secrets.redacted", GOOD, scenarios=scenarios).status is Status.PASSED


def test_a_leak_is_shown_with_what_stands_around_it() -> None:
    def respond(method: str, path: str, body: bytes) -> Reply:
        if path != "/execute":
            return GOOD(method, path, body)
        return success(result="a" * 100 + inputs(body).get(TOKEN, "") + "b" * 100)

    got = judge("secrets.token-in-answer", respond).got
    before, _, behind = got.partition("canary-")
    assert (before, behind.lstrip("0123456789abcdef")[:1]) == ("a" * 60, "")
    assert behind.endswith("b" * 20)
    assert len(behind) == 32 + 20


@pytest.mark.parametrize(
    ("where", "shown"), [("log", "['log']"), ("error", "['error']"), ("", "nothing")]
)
def test_an_input_that_the_manifest_marks_as_secret(where: str, shown: str) -> None:
    facts = Facts()

    def respond(method: str, path: str, body: bytes) -> Reply:
        given = inputs(body) if path == "/execute" else {}
        wrong = bool(given) and not isinstance(given.get("seconds", 0), int)
        if given and where == "log":
            facts.log += f"{given['pin']}\n"
        if wrong:
            return refusal(error=f"no {given['pin']}" if where == "error" else "no")
        return GOOD(method, path, body)

    secret = {"name": "pin", "type": "string", "secret": True, "example": "1234"}
    plugin = inputs_of(secret, {"name": "seconds", "type": "number", "example": 1})
    result = judge("secrets.declared", respond, plugin=plugin, facts=facts)
    assert (result.broken, result.got) == (bool(where), f"shown in: {shown}")
    assert result.sent == "executions with a secret in pin"


def test_the_log_of_a_stub_is_read_a_moment_later(clock: Clock) -> None:
    judge("execute.written", GOOD)
    assert clock.now == pytest.approx(100.3)
