"""What the rules on executions, errors and secrets make of plugins that are made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stage7_plugin.contract.model import Status
from stage7_plugin.contract.targets.base import StartOptions
from stage7_plugin.host.http_client import Response
from tests.contract.fakes import (
    GOOD,
    JSON,
    Facts,
    Reply,
    Respond,
    Row,
    always,
    expect,
    judge,
    names,
    refusal,
    reply,
    statuses,
    success,
)

PASSED, FAILED, WARNED = Status.PASSED, Status.FAILED, Status.WARNED
FAILS = {"failing": {"text": "fail"}}
RAW = {"returned": {"execute.raw-inputs": {"result": "hello", "echoed": {}}}}


def error(text: Any) -> Respond:
    return always(reply(500, {"success": False, "error": text}))


def echo(change: str = "") -> Respond:
    """Gives back the text; `change` names the input under which `value` becomes another text."""

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path != "/execute":
            return GOOD(method, path, body)
        inputs = json.loads(body)["inputs"]
        if change and change in inputs:
            return success(result="something else")
        text = inputs.get("text", inputs.get("message"))
        return success(result=text["value"] if isinstance(text, dict) else text)

    return respond


def metrics(text: str) -> Respond:
    """Metrics that quote the token of the last execution after `text`."""
    seen: list[str] = []

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/execute" and b"__auth_token" in body and b'"context"' in body:
            seen.append(json.loads(body)["inputs"]["__auth_token"])
        if path == "/metrics":
            return 200, {}, (text + (seen[-1] if text else "")).encode()
        return GOOD(method, path, body)

    return respond


def refused(**headers: str) -> dict[str, Any]:
    """What judge is told where one execution was refused with these headers."""
    answers = [Response(429, headers, b"", 0.0)]
    return {"scenarios": {"slow": {}}, "returned": {"load.bounded": answers}}


ROWS: list[Row] = [
    # executions
    ("execute.raw-inputs", GOOD, {}, PASSED, "200"),
    ("execute.raw-inputs", statuses(500), {}, FAILED, "500"),
    ("execute.answer-format", GOOD, {}, PASSED, "application/json"),
    ("execute.answer-format", always(reply(200, {"success": False})), {}, FAILED, "false"),
    ("execute.answer-format", always(reply(200, {"outputs": {}})), {}, FAILED, "outputs"),
    ("execute.answer-format", always(reply(200, {"success": 1, "outputs": {}})), {}, FAILED, "1"),
    ("execute.answer-format", always((200, {}, success()[2])), {}, FAILED, "no Con"),
    ("execute.answer-format", always((200, JSON, b"[" * 100_000)), {}, FAILED, "[[["),
    ("execute.outputs-declared", GOOD, {}, PASSED, "200"),
    ("execute.outputs-declared", always(success(more=1)), {}, FAILED, "more is not declared"),
    ("execute.outputs-declared", always(success(result=1)), {}, FAILED, "result is not of type"),
    ("execute.outputs-declared", always(success(result=True)), {}, FAILED, "result is not of"),
    (
        "execute.outputs-declared",
        always(reply(200, {"outputs": {"result": "x"}})),
        {},
        FAILED,
        "echoed is missing",
    ),
    (
        "execute.envelope",
        echo(),
        RAW,
        PASSED,
        "",
    ),
    (
        "execute.envelope",
        echo("text"),
        RAW,
        FAILED,
        "the outputs of the same values",
    ),
    ("execute.envelope", echo("text"), {}, PASSED, "something else"),
    ("execute.envelope", statuses(422), {}, FAILED, "422"),
    ("execute.aliases", echo(), {}, PASSED, "hello"),
    (
        "execute.aliases",
        echo("message"),
        RAW,
        FAILED,
        "something else",
    ),
    (
        "execute.no-crosstalk",
        echo(),
        {"returned": {"execute.raw-inputs": {}}},
        PASSED,
        "gives on its own",
    ),
    # errors
    *[("errors.missing-input", statuses(s), {}, PASSED, str(s)) for s in (400, 422)],
    *[("errors.missing-input", statuses(s), {}, FAILED, str(s)) for s in (200, 401, 404, 500)],
    *[("errors.mistyped-input", statuses(s), {}, PASSED, str(s)) for s in (400, 422)],
    *[("errors.mistyped-input", statuses(s), {}, FAILED, str(s)) for s in (201, 423, 500)],
    ("errors.input-named", always(refusal()), {}, PASSED, "text"),
    ("errors.input-named", always(refusal(error="'text' is wrong")), {}, FAILED, "text"),
    ("errors.input-named", always(refusal(error="'pin' is wrong")), {}, FAILED, "pin"),
    ("errors.all-problems", always(refusal()), {}, PASSED, "text"),
    ("errors.all-problems", always(refusal(error="'pin' is wrong")), {}, WARNED, "both text and"),
    ("errors.failure-is-not-2xx", statuses(500), {"scenarios": FAILS}, PASSED, "500"),
    ("errors.failure-is-not-2xx", statuses(400), {"scenarios": FAILS}, PASSED, "400"),
    ("errors.failure-is-not-2xx", statuses(399), {"scenarios": FAILS}, FAILED, "399"),
    ("errors.one-sentence", error("no disk space is left"), {"scenarios": FAILS}, PASSED, "disk"),
    *[
        ("errors.one-sentence", error(text), {"scenarios": FAILS}, FAILED, "500")
        for text in (
            "",
            " ",
            5,
            None,
            "two\nlines",
            "\x1b[2J all passed",
            "\x7f",
            "x" * 2001,
            "Traceback (most recent call last): ValueError",
            'it failed: File "/app/logic.py", line 3, in f',
            "Error: no at run (/app/server.mjs:10:5)",
            "java.lang.Error at a.b.C.run(C.java:17)",
            "panic: no goroutine 1 [running]:",
            "no (RuntimeError) from x.rb:3:in `run'",
            "PHP error #0 /app/index.php(12): run()",
            "Error at Program.Main() in /src/Program.cs:line 7",
        )
    ],
    (
        "errors.one-sentence",
        error("at 10:30 it failed (see the log)"),
        {"scenarios": FAILS},
        PASSED,
        "",
    ),
    ("errors.one-sentence", always((500, {}, b"failed")), {"scenarios": FAILS}, FAILED, "failed"),
    *[
        ("errors.malformed-json", statuses(400, 400, s), {}, FAILED, str(s))
        for s in (200, 422, 500)
    ],
    ("errors.malformed-json", statuses(400), {}, PASSED, "400"),
    ("errors.nan", statuses(400, 400, 200), {}, FAILED, "200"),
    ("errors.nan", statuses(400), {}, PASSED, "400"),
    ("errors.not-an-object", statuses(400, 422, 400, 200), {}, FAILED, "200"),
    ("errors.not-an-object", statuses(422), {}, PASSED, "422"),
    ("errors.odd-json", statuses(499), {}, PASSED, "healthy"),
    ("errors.odd-json", statuses(400, 500), {}, FAILED, "500"),
    ("errors.unknown-path", GOOD, {}, PASSED, "404"),
    ("errors.unknown-path", statuses(400), {}, FAILED, "400"),
    ("errors.wrong-method", statuses(405), {}, FAILED, "Allow: missing"),
    (
        "errors.wrong-method",
        lambda m, p, b: reply(405, {}, Allow="POST") if p == "/execute" else GOOD(m, p, b),
        {},
        PASSED,
        "Allow: POST",
    ),
    (
        "errors.wrong-method",
        lambda m, p, b: reply(404, {}, Allow="POST") if p == "/execute" else GOOD(m, p, b),
        {},
        FAILED,
        "404",
    ),
    ("errors.content-type", statuses(415), {}, PASSED, "415"),
    ("errors.content-type", statuses(415, 415, 400), {}, FAILED, "400"),
    ("errors.format", always(refusal()), {}, PASSED, ""),
    ("errors.format", always((422, JSON, b'{"error": "no"}')), {}, FAILED, "no"),
    ("errors.format", always((422, {}, b'{"success": false, "error": "no"}')), {}, FAILED, "no"),
    ("errors.format", always((422, JSON, b'{"success": false, "error": 5}')), {}, FAILED, "5"),
    ("errors.plugin-exit", statuses(500), {"scenarios": {"exiting": {}}}, PASSED, "healthy"),
    ("errors.plugin-exit", statuses(200), {"scenarios": {"exiting": {}}}, FAILED, "200"),
    ("errors.slot-returned", GOOD, {"scenarios": FAILS}, PASSED, "200"),
    ("errors.slot-returned", statuses(500), {"scenarios": FAILS}, FAILED, "2xx for the good one"),
    ("execute.undeclared-inputs", statuses(422), {}, FAILED, "2xx"),
    ("execute.optional-inputs", statuses(422), {}, FAILED, "2xx"),
    # many executions
    ("load.one-after-another", statuses(200, 200, 429), {}, FAILED, "execution 3 of 200"),
    ("load.one-after-another", GOOD, {}, PASSED, "execution 200 of 200"),
    ("load.retry-after", GOOD, refused(), FAILED, "1 refusals without"),
    ("load.retry-after", GOOD, refused(**{"retry-after": "1"}), PASSED, "0 refusals without"),
    ("load.bounded", GOOD, {"scenarios": {"slow": {}}}, FAILED, "x 200"),
    ("load.bounded", statuses(429), {"scenarios": {"slow": {}}}, FAILED, "x 429"),
    ("load.deadline", statuses(504), {"scenarios": {"overdue": {}}}, PASSED, "504"),
    ("load.deadline", statuses(200), {"scenarios": {"overdue": {}}}, FAILED, "200"),
    # secrets
    ("secrets.token-in-metrics", metrics(""), {}, PASSED, "none of the tokens"),
    ("secrets.token-in-metrics", metrics("by_token "), {}, FAILED, "by_token canary-"),
    ("secrets.token-in-answer", GOOD, {}, PASSED, "none of the tokens"),
    ("secrets.token-in-log", GOOD, {"facts": Facts(log="canary-of-another-run")}, PASSED, "none"),
]


@pytest.mark.parametrize("row", ROWS, ids=names(ROWS))
def test_what_a_rule_makes_of_a_plugin(row: Row) -> None:
    expect(row)


def test_an_error_that_quotes_the_tokens_of_the_environment_is_found() -> None:
    seen: list[dict[str, str]] = []

    def starts(options: StartOptions) -> bool:
        seen.append(dict(options.environment))
        return True

    def respond(method: str, path: str, body: bytes) -> Reply:
        if path == "/execute" and seen:
            return refusal(error=seen[0]["S7_BRAIN_TOKEN"])
        return GOOD(method, path, body)

    result = judge("secrets.token-in-error", respond, facts=Facts(starts_with=starts))
    assert result.status is FAILED
    assert "canary-" in result.got
