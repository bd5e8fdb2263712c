"""Tokens that only this run knows: they may show up nowhere."""

from __future__ import annotations

import contextlib
import time
import uuid

from stage7_plugin.contract.check import Check
from stage7_plugin.contract.model import Need, NotCheckable, rule
from stage7_plugin.contract.rules.errors import missing_required, mistyped

_RAW = ("execute.raw-inputs",)
_LOG_DELAY = 0.3
"""Seconds that a line of the log may take to arrive."""


def _succeed(check: Check) -> list[str]:
    """The answer to a good execution with tokens."""
    return [check.execute(check.with_host_inputs(check.samples)).text]


def _fail(check: Check) -> list[str]:
    """The answers to executions with tokens that are refused or fail."""
    answers = []
    for make in (missing_required, mistyped):
        with contextlib.suppress(NotCheckable):
            answers.append(check.execute(check.with_host_inputs(make(check)[1])))
    token = check.input_tokens["__auth_token"].encode()
    answers.append(check.post(b'{"inputs": {"__auth_token": "' + token + b'", '))
    if "failing" in check.probes.inputs and not check.probes.with_logic:
        answers.append(check.execute(check.with_host_inputs(check.probe_inputs("failing"))))
    return [answer.text for answer in answers]


def _expect_no_token(check: Check, sent: str, texts: list[str]) -> None:
    leaks = [_around(text, token) for text in texts for token in check.tokens if token in text]
    check.note(sent, "; ".join(leaks[:3]) or "none of the tokens")
    check.expect(not leaks, "none of the tokens")


@rule(
    "secrets.token-in-answer",
    "The host's tokens are not in the answer of an execution",
    requires=_RAW,
    todo="Never hand undeclared inputs to the logic as inputs; replace secrets in outputs.",
)
def token_in_answer(check: Check) -> None:
    sent = "an execution with __auth_token and __brain_auth_token"
    _expect_no_token(check, sent, _succeed(check))


@rule(
    "secrets.token-in-error",
    "The host's tokens are not in an error",
    requires=_RAW,
    todo="Do not put the inputs or the body into an error; name the input that is wrong.",
)
def token_in_error(check: Check) -> None:
    sent = "executions that are refused, with __auth_token and __brain_auth_token"
    _expect_no_token(check, sent, _fail(check))


@rule(
    "secrets.token-in-metrics",
    "The host's tokens are not in /metrics",
    requires=_RAW,
    todo="Use no input as the label of a metric.",
)
def token_in_metrics(check: Check) -> None:
    _succeed(check)
    _fail(check)
    answer = check.request("GET", "/metrics")
    if answer.status == 404:
        raise NotCheckable("the plugin has no /metrics")
    _expect_no_token(check, "executions with tokens, then GET /metrics", [answer.text])


@rule(
    "secrets.token-in-log",
    "The host's tokens, of inputs and of the environment, are not in the log",
    needs=Need.START,
    requires=_RAW,
    todo="Log neither inputs nor bodies nor the environment; redact tokens in what is logged.",
)
def token_in_log(check: Check) -> None:
    _succeed(check)
    _fail(check)
    time.sleep(_LOG_DELAY)
    sent = "executions with tokens, good and bad ones; then the whole log"
    _expect_no_token(check, sent, [check.instances.shared().log()])


@rule(
    "secrets.declared",
    "The value of an input that the manifest marks as secret is in no log and no error",
    needs=Need.START,
    requires=_RAW,
    todo='Treat inputs with "secret": true like the tokens.',
)
def declared(check: Check) -> None:
    names = [d["name"] for d in check.manifest["inputDefinitions"] if d.get("secret")]
    if not names:
        raise NotCheckable('the manifest marks no input with "secret": true')
    value = f"canary-{uuid.uuid4().hex}"
    secret = dict.fromkeys(names, value)
    check.execute({**check.samples, **secret})
    wrong = check.execute({**mistyped(check)[1], **secret})
    time.sleep(_LOG_DELAY)
    shown = [
        where
        for where, text in (("error", wrong.text), ("log", check.instances.shared().log()))
        if value in text
    ]
    check.note(f"executions with a secret in {', '.join(names)}", f"shown in: {shown or 'nothing'}")
    check.expect(not shown, "shown in nothing")


@rule(
    "secrets.redacted",
    "Tokens that the plugin's own logic prints, logs and raises are replaced",
    needs=Need.START,
    probe="leaking",
    requires=("secrets.token-in-log", "secrets.token-in-error"),
    todo="Replace the values of tokens in everything that leaves the process.",
)
def redacted(check: Check) -> None:
    running = check.instances.shared(probe=True)
    inputs = check.with_host_inputs(check.probe_inputs("leaking"))
    answer = check.execute(inputs, running=running)
    time.sleep(_LOG_DELAY)
    sent = "an execution whose logic prints, logs and raises its tokens; then the whole log"
    _expect_no_token(check, sent, [answer.text, running.log()])


def _around(text: str, token: str) -> str:
    at = text.index(token)
    return " ".join(text[max(0, at - 60) : at + len(token) + 20].split())
