"""What is redacted, in which forms, and for whom: no execution changes another one's output."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.support.plugin_process import PluginProcess
from tests.support.servers import Start

CANARY = "canary/0123+456=789"


def echoed(plugin: PluginProcess, value: Any, **inputs: Any) -> Any:
    """What comes back of a value as an output."""
    status, answer = plugin.execute({"do": "return value", "value": value, **inputs})
    assert status == 200, answer
    return answer["outputs"]["result"]


def test_no_execution_changes_the_output_or_the_log_of_another(start: Start) -> None:
    plugin = start()
    attack = [
        "https://",
        "trace_id",
        "obedient",
        "plugin_id",
        "production",
        "message",
        "a-trace-id",
    ]
    sent = {
        "https://other.example": ["https://other.example", "production"],
        "trace_id": "obedient",
    }
    plugin.execute({"do": "return value", "__x": attack, "__stage": "production"})
    assert echoed(plugin, sent) == sent
    plugin.execute({"do": "print", "value": "https://other.example"}, {"trace_id": "another"})
    printed = [line for line in plugin.lines if line.get("trace_id") == "another"]
    assert printed[0]["message"] == "https://other.example"
    # Of its own it changes values only, and what the server itself says stays as it is.
    given = {"do": "print", "value": "for https://", "__x": attack}
    plugin.execute(given, {"trace_id": "a-trace-id"})
    own = [line for line in plugin.lines if line.get("trace_id") == "a-trace-id"]
    assert own[0]["message"] == "for [redacted]"
    assert {line["plugin_id"] for line in own} == {"obedient"}
    keys = {"https://": "x https:// y"}
    assert echoed(plugin, keys, __x=attack) == {"https://": "x [redacted] y"}


def test_the_longest_secret_that_is_looked_for(start: Start) -> None:
    plugin = start()
    longest = "s" * 32 * 1024
    assert echoed(plugin, f"a {longest} b", __x=longest) == "a [redacted] b"
    assert "some secrets" not in plugin.log
    longer = longest + "s"
    assert echoed(plugin, longer, __x=longer) == longer
    assert "some secrets" in plugin.log


@pytest.mark.parametrize(
    "flood",
    [
        [f"value-{number}" for number in range(200_000)],
        ["short"] * 200_000,
        "x" * 4_000_000,
        [f"y{number}" * 5_000 for number in range(300)],
    ],
    ids=["many", "many short", "long", "many long"],
)
def test_a_flood_of_secrets_is_bounded(start: Start, flood: Any) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="60000")
    echoed(plugin, 1)
    for number in range(8):
        echoed(plugin, 1, __x=[str(number), flood])
    warnings = [line for line in plugin.lines if "some secrets" in line["message"]]
    assert len(warnings) == 8
    assert plugin.memory() < 120 * 1024 * 1024


def test_many_secrets_of_others_cost_nothing(start: Start) -> None:
    """Forms are only searched for in the outputs of their own execution."""
    plugin = start()
    secrets = [f"remembered-{number:04}" for number in range(80)]
    for secret in secrets:
        echoed(plugin, 1, __auth_token=secret)
    before = plugin.metric("plugin_redactions_total")
    assert echoed(plugin, secrets) == secrets
    assert plugin.metric("plugin_redactions_total") == before


def test_both_parts_of_an_envelope(start: Start) -> None:
    plugin = start()
    sent = ["token-value-1", "token-args-1", "password-value", "password-args", "refresh_token"]
    own = {
        "__auth_token": {"value": sent[0], "args": {"refresh_token": [sent[1]]}},
        "password": {"value": sent[2], "args": {"old": sent[3]}},
    }
    assert echoed(plugin, sent, **own) == ["[redacted]"] * 4 + ["refresh_token"]


def test_numbers_stay_numbers(start: Start) -> None:
    plugin = start()
    sent = [9912345678, 12345678, 12345678.5, "99 12345678"]
    assert echoed(plugin, sent, __pin="12345678") == [*sent[:3], "99 [redacted]"]
    # Only the whole of a secret that came as a number is one.
    expected = [sent[0], "[redacted]", sent[2], "99 [redacted]"]
    assert echoed(plugin, sent, __pin=12345678) == expected


def test_booleans_and_null_in_a_list_stay(start: Start) -> None:
    sent = [True, None, False, 1, "x " + CANARY, {"a": None, "b": [True]}]
    expected = [True, None, False, 1, "x [redacted]", {"a": None, "b": [True]}]
    assert echoed(start(), sent, __x=[True, None, CANARY]) == expected


def test_eight_characters_are_a_secret_and_seven_are_not(start: Start) -> None:
    plugin = start()
    assert echoed(plugin, "a 1234567 b", password="1234567") == "a 1234567 b"
    assert echoed(plugin, "a 12345678 b", password="12345678") == "a [redacted] b"
    assert echoed(plugin, 1234567, __pin=1234567) == 1234567


@pytest.mark.parametrize("user", ["", "a", "ab", "abc"])
def test_base64_of_a_secret_wherever_it_begins(start: Start, user: str) -> None:
    header = base64.b64encode(f"{user}:{CANARY}:".encode()).decode()
    safe = base64.urlsafe_b64encode(f"{user}:{CANARY}:".encode()).decode()
    for sent in echoed(start(), [f"Basic {header}", safe], password=CANARY):
        assert "[redacted]" in sent
        encoded = sent.removeprefix("Basic ").replace("[redacted]", "")
        assert len(encoded) < 14  # what is left is the user and a few bits of the secret


@pytest.mark.parametrize(
    "form",
    [
        "canary%2f0123%2b456%3d789",
        "canary%2F0123%2B456%3D789",
        "canary/0123%2B456%3D789",
        json.dumps({"a": CANARY}),
        repr(CANARY),
    ],
)
def test_forms_of_a_secret(start: Start, form: str) -> None:
    assert "456" not in echoed(start(), form, password=CANARY)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DATABASE_URL", "postgres://user:hunter2-hunter2@db/app", "hunter2-hunter2"),
        ("DATABASE_URL", "postgres://user:p%40ssword-1@db/app", "p@ssword-1"),
        ("DATABASE_URL", "postgres://someone:short@db/app", "someone:short"),
        ("CONNECTION", "Server=db;Password=hunter2-hunter2;", "hunter2-hunter2"),
        ("AUTHORIZATION", "Bearer abcdefgh-1234", "abcdefgh-1234"),
        ("AUTHORIZATION", "Basic " + base64.b64encode(b"u:pass-word-1").decode(), "pass-word-1"),
        ("SLACK_WEBHOOK", "https://hooks.example/T0/B0/x", "https://hooks.example/T0/B0/x"),
        ("SERVICE_JWT", "eyJh.eyJz.sig", "eyJh.eyJz.sig"),
        ("SENTRY_DSN", "https://abc@sentry.example/1", "https://abc@sentry.example/1"),
    ],
)
def test_variables_that_hold_a_secret(start: Start, name: str, value: str, secret: str) -> None:
    plugin = start(**{name: value, "PLAIN_URL": "https://user@plain.example/"})
    sent = [f"a {secret} b", "https://user@plain.example/"]
    assert echoed(plugin, sent) == ["a [redacted] b", sent[1]]


def test_a_setting_names_the_secrets_of_the_environment(start: Start) -> None:
    environ = {
        "POSTGRES_PASSWORD": "postgres",
        "DB_PASSWORD": "hunter2-hunter2",
        "MAIL": "a-secret",
    }
    sent = ["postgres", "hunter2-hunter2", "a-secret"]
    guessed = echoed(start(**environ), sent)
    assert guessed == ["[redacted]", "[redacted]", "a-secret"]
    plugin = start(**environ, PLUGIN_SECRET_ENV="DB_PASSWORD, MAIL,MISSPELT")
    assert echoed(plugin, sent) == ["postgres", "[redacted]", "[redacted]"]
    plugin.wait_for_line(lambda line: line["message"].endswith("not set: MISSPELT"))


def test_undeclared_inputs_and_context_named_like_secrets(start: Start) -> None:
    plugin = start()
    given = {"api_key": "secret-one", "Private-Key": "secret-two", "keywords": "plain-one"}
    context = {"auth": {"access_token": "secret-three"}, "userPassword": "secret-four", "max": 1}
    sent = ["secret-one", "secret-two", "plain-one", "secret-three", "secret-four"]
    inputs = {"do": "return value", "value": sent, **given}
    _, answer = plugin.execute(inputs, context)
    expected = ["[redacted]", "[redacted]", "plain-one", "[redacted]", "[redacted]"]
    assert answer["outputs"]["result"] == expected


def test_a_header_is_no_way_out(start: Start) -> None:
    plugin = start(SOME_TOKEN="environment-secret")
    body = json.dumps({"inputs": {"do": "return value", "value": CANARY}}).encode()
    _, answer = plugin.post(body, Authorization=f"Bearer {CANARY}")
    assert answer["outputs"]["result"] == "[redacted]"
    answers = [
        plugin.post(body, Content_Type=CANARY),
        plugin.post(body, Content_Type=f"application/json; charset={CANARY}"),
        plugin.post(body, Content_Encoding=CANARY),
        plugin.post(json.dumps({CANARY: 1}).replace("}", f', "{CANARY}": 2}}').encode()),
    ]
    assert [status for status, _ in answers] == [415, 415, 415, 400]
    assert CANARY not in plugin.log + str(answers)
    assert "environment-secret" not in str(plugin.get("/environment-secret"))
    # What is harmless is named.
    assert "'text/plain'" in plugin.post(body, Content_Type="text/plain")[1]["error"]
    assert "'inputs'" in plugin.post(b'{"inputs": {}, "inputs": {}}')[1]["error"]
