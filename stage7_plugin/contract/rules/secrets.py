"""Tokens that only this run knows: they must not show up anywhere."""

from __future__ import annotations

import contextlib
import time
import uuid

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.model import Need
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.rules.errors import missing_required, mistyped

_RAW = ("execute.raw-inputs",)
_LOG_DELAY = 0.3
"""Seconds that a line of the log may take to arrive."""


def _succeed(context: Context) -> list[str]:
    """The answer to a good execution with tokens."""
    return [context.execute(context.with_host_inputs(context.samples)).text]


def _fail(context: Context) -> list[str]:
    """The answers to executions with tokens that are refused or fail."""
    responses = []
    for make in (missing_required, mistyped):
        with contextlib.suppress(NotCheckable):
            responses.append(context.execute(context.with_host_inputs(make(context)[1])))
    token = context.input_tokens["__auth_token"].encode()
    responses.append(context.post(b'{"inputs": {"__auth_token": "' + token + b'", '))
    if "failing" in context.scenarios.inputs and not context.scenarios.with_logic:
        responses.append(
            context.execute(context.with_host_inputs(context.scenario_inputs("failing")))
        )
    return [response.text for response in responses]


def _expect_no_token(context: Context, sent: str, texts: list[str]) -> None:
    leaks = [_around(text, token) for text in texts for token in context.tokens if token in text]
    inputs = context.with_host_inputs(context.samples)
    context.note(sent, "; ".join(leaks[:3]) or "none of the tokens", inputs)
    context.expect(not leaks, "none of the tokens")


@rule(
    "secrets.token-in-answer",
    "The host's tokens are not in an execution's answer",
    requires=_RAW,
    todo="Never hand undeclared inputs to the logic as inputs; replace secrets in outputs.",
)
def token_in_answer(context: Context) -> None:
    """Outputs are stored and shown, and the token gives access to the host.

    Request: An execution with tokens that only this check knows.
    Expected: No answer contains one.
    """
    sent = "an execution with __auth_token and __brain_auth_token"
    _expect_no_token(context, sent, _succeed(context))


@rule(
    "secrets.token-in-error",
    "The host's tokens are not in an error",
    requires=_RAW,
    todo="Do not put the inputs or the body into an error; name the input that is wrong.",
)
def token_in_error(context: Context) -> None:
    """Errors are logged by every caller.

    Request: Executions with tokens that are refused or fail.
    Expected: No answer contains one.
    """
    sent = "executions that are refused, with __auth_token and __brain_auth_token"
    _expect_no_token(context, sent, _fail(context))


@rule(
    "secrets.token-in-metrics",
    "The host's tokens are not in /metrics",
    requires=_RAW,
    todo="Do not use inputs as metric labels.",
)
def token_in_metrics(context: Context) -> None:
    """Metrics are read without a password.

    Request: Executions with tokens, then `GET /metrics`.
    Expected: No token.
    """
    _succeed(context)
    _fail(context)
    response = context.request("GET", "/metrics")
    if response.status == 404:
        raise NotCheckable("the plugin has no /metrics")
    _expect_no_token(context, "executions with tokens, then GET /metrics", [response.text])


@rule(
    "secrets.token-in-log",
    "The host's tokens, from inputs and environment, are not in the log",
    needs=Need.START,
    requires=_RAW,
    todo="Do not log inputs, bodies or the environment; redact tokens in log lines.",
)
def token_in_log(context: Context) -> None:
    """Logs are kept and many people read them.

    Request: Valid and invalid executions with tokens; then the whole log.
    Expected: No token.
    """
    _succeed(context)
    _fail(context)
    time.sleep(_LOG_DELAY)
    sent = "valid and invalid executions with tokens; then the whole log"
    _expect_no_token(context, sent, [context.instances.shared().log()])


@rule(
    "secrets.declared",
    "The value of an input marked as secret in the manifest is in no log and no error",
    needs=Need.START,
    requires=_RAW,
    todo='Treat inputs with "secret": true like tokens.',
)
def declared(context: Context) -> None:
    """The author marked the input as secret.

    Request: Executions with a value that only this check knows, one of them refused.
    Expected: The value is in no log and no error.
    """
    names = [d["name"] for d in context.manifest["inputDefinitions"] if d.get("secret")]
    if not names:
        raise NotCheckable('the manifest marks no input with "secret": true')
    value = f"canary-{uuid.uuid4().hex}"
    secret = dict.fromkeys(names, value)
    context.execute({**context.samples, **secret})
    wrong = context.execute({**mistyped(context)[1], **secret})
    time.sleep(_LOG_DELAY)
    shown = [
        where
        for where, text in (("error", wrong.text), ("log", context.instances.shared().log()))
        if value in text
    ]
    sent = f"executions with a secret in {', '.join(names)}"
    inputs = {**context.samples, **secret}
    context.note(sent, f"shown in: {shown or 'nothing'}", inputs)
    context.expect(not shown, "shown in nothing")


@rule(
    "secrets.redacted",
    "Tokens that the plugin's own logic prints, logs or raises are redacted",
    needs=Need.START,
    scenario="leaking",
    requires=("secrets.token-in-log", "secrets.token-in-error"),
    todo="Redact token values in everything that leaves the process.",
)
def redacted(context: Context) -> None:
    """Libraries print and raise the values they get.

    Request: An execution of the scenario `leaking`; then the whole log.
    Expected: No token in answer or log.
    """
    running = context.instances.shared(scenario=True)
    inputs = context.with_host_inputs(context.scenario_inputs("leaking"))
    response = context.execute(inputs, running=running)
    time.sleep(_LOG_DELAY)
    sent = "an execution whose logic prints, logs and raises its tokens; then the whole log"
    _expect_no_token(context, sent, [response.text, running.log()])


def _around(text: str, token: str) -> str:
    at = text.index(token)
    return " ".join(text[max(0, at - 60) : at + len(token) + 20].split())
