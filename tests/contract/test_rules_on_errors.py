"""Which wrong requests the rules send, each of which decides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stage7_plugin.contract.model import Status
from tests.contract.fakes import (
    GOOD,
    MANIFEST,
    Reply,
    judge,
    listening,
    manifest,
    refusal,
    reply,
    statuses,
    success,
)

PASSED, FAILED = Status.PASSED, Status.FAILED
FAILS = {"failing": {"text": "fail"}}


def test_64_failures_and_then_a_good_one() -> None:
    def answer(inputs: dict[str, Any]) -> Reply:
        return refusal(500) if inputs["text"] == "fail" else success()

    respond, given = listening(answer)
    assert judge("errors.slot-returned", respond, scenarios=FAILS).status is PASSED
    assert [inputs["text"] for inputs in given] == ["fail"] * 64 + ["hello"]


@pytest.mark.parametrize(("length", "status"), [(2000, PASSED), (2001, FAILED)])
def test_the_longest_sentence(length: int, status: Status) -> None:
    respond, _ = listening(lambda inputs: refusal(500, "x" * length))
    assert judge("errors.one-sentence", respond, scenarios=FAILS).status is status


@pytest.mark.parametrize("odd", range(6))
def test_every_kind_of_error_has_the_one_form(odd: int) -> None:
    """One of the six requests is answered in another form."""
    count = iter(range(6))

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/health":
            return GOOD(method, path, body)
        return (400, {}, b"no") if next(count) == odd else refusal(400)

    assert judge("errors.format", respond).status is FAILED


@pytest.mark.parametrize(
    ("rule", "requests"),
    [
        ("errors.malformed-json", 3),
        ("errors.nan", 3),
        ("errors.not-an-object", 4),
        ("errors.odd-json", 6),
        ("errors.content-type", 3),
    ],
)
def test_every_one_of_the_requests_decides(rule: str, requests: int) -> None:
    right = {"errors.content-type": 415}.get(rule, 400)
    for number in range(requests):
        wrong = [right] * number + [500, right]
        assert judge(rule, statuses(*wrong)).status is FAILED, f"request {number + 1}"
    assert judge(rule, statuses(right)).status is PASSED


def test_documents_that_programs_stumble_over() -> None:
    sent: list[bytes] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/execute":
            sent.append(body)
        return GOOD(method, path, body)

    assert judge("errors.odd-json", respond).status is PASSED
    twice, surrogate, number, nested, no_utf8, context = sent
    assert (twice.count(b'"inputs"'), twice[-1:]) == (2, b"}")
    assert json.loads(twice)["inputs"] == {}
    assert rb"\ud800" in surrogate
    assert number.count(b"9") == 10_000
    assert (nested.count(b"["), nested.count(b"]")) == (100_000, 100_000)
    assert b"\xff" in no_utf8
    assert json.loads(context)["context"] == 7


@pytest.mark.parametrize(("method", "wrong"), [("POST", "DELETE"), ("DELETE", "PUT")])
def test_the_wrong_method(method: str, wrong: str) -> None:
    seen: list[str] = []

    def respond(verb: str, path: str, body: bytes) -> Reply:
        if path != "/execute":
            return GOOD(verb, path, body)
        seen.append(verb)
        return reply(405, {}, Allow=method)

    api = {**MANIFEST["api"], "method": method}
    assert judge("errors.wrong-method", respond, plugin=manifest(api=api)).status is PASSED
    assert seen == [wrong]
