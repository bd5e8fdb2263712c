"""Which values are secrets, how many of them are looked for, and what is remembered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.runtime.runtime_modules import runtime_module
from tests.support.plugin_process import MANIFEST
from tests.support.template import TEMPLATE

redaction = runtime_module("redaction")
Secrets, NO_SECRETS = redaction.Secrets, redaction.NO_SECRETS
BOTH = ["secret-text", "in-the-args"]


def of_request(environment: Any = NO_SECRETS) -> Any:
    inputs = [
        *MANIFEST["inputDefinitions"],
        {"name": "pin", "type": "number", "secret": True, "aliases": ["code"]},
        {"name": "api_key", "type": "string", "aliases": ["access_key"]},
        {"name": "no_secret", "type": "string", "secret": "yes"},
    ]
    return redaction.RequestSecrets({**MANIFEST, "inputDefinitions": inputs}, environment)


def test_secrets_are_found_by_the_names_and_in_the_forms_that_the_table_says() -> None:
    manifest = {
        "inputDefinitions": [
            {"name": "pin", "type": "string", "secret": True, "aliases": ["code"]},
            {"name": "keys", "type": "object", "secret": True},
            {"name": "declared_token", "type": "string"},
        ],
        "configuration": [{"key": "MAILBOX", "type": "secret"}],
    }
    table = json.loads((TEMPLATE / "tests" / "cases" / "redaction.json").read_text("utf-8"))
    for case in table["cases"]:
        environment = redaction.of_environment(manifest, case.get("environment", {}))
        request = redaction.RequestSecrets(manifest, environment)
        secrets = request.of_headers(case.get("headers", {})) | request.of_inputs(
            case.get("inputs", {}), case.get("context", {})
        )
        assert secrets.redact(case["text"])[0] == case["redacted"], case


def test_1024_values_of_a_request_are_looked_at() -> None:
    most = Secrets(["short"] * 1023 + ["the-last-one"])
    assert most.is_complete
    assert "the-last-one" in most.forms
    more = Secrets(["short"] * 1024 + ["the-last-one"])
    assert (more.is_complete, "the-last-one" in more.forms) == (False, True)
    many = Secrets(["short"] * 1025 + ["the-last-one"])
    assert (many.is_complete, many.forms) == (False, ())
    request = of_request().of_inputs({"__a": ["short"] * 1023 + ["the-last-one"]}, {})
    assert (request.is_complete, "the-last-one" in request.forms) == (True, True)
    assert not of_request().of_inputs({"__a": ["short"] * 1025}, {}).is_complete


def test_256_forms_of_256_kib_are_looked_for() -> None:
    forms = [f"form-{number:04}" for number in range(257)]
    assert Secrets((), forms[:256] * 2).is_complete, "each counts once"
    more = Secrets((), forms)
    assert (more.is_complete, set(more.forms)) == (False, set(forms[:256]))
    long = ["a" * 131_072, "b" * 131_072]
    whole = Secrets((), long)
    assert (whole.is_complete, whole.characters) == (True, 262_144)
    assert Secrets((), [*long, "x"]).is_complete is False
    assert set(Secrets((), [*long, "x"]).forms) == set(long)


def test_the_longest_form_is_replaced_first() -> None:
    secrets = Secrets((), ["secret-1", "secret-1-and-more", "secret-1-and"])
    assert secrets.redact("secret-1-and-more secret-1-and secret-1") == (
        "[redacted] [redacted] [redacted]",
        3,
    )


def test_every_place_is_counted_and_keys_stay() -> None:
    secrets = Secrets(["canary-value", 12345678, True, None, {"key-of-it": ["nested-value"]}])
    value = {
        "canary-value": ["canary-value, canary-value", 12345678, 12345679, True, None],
        "b": ("a nested-value", {"c": "key-of-it"}),
    }
    expected = {
        "canary-value": ["[redacted], [redacted]", "[redacted]", 12345679, True, None],
        "b": ["a [redacted]", {"c": "key-of-it"}],
    }
    assert secrets.redact(value) == (expected, 4)
    assert secrets.redact(True) == (True, 0)
    assert Secrets([1234567, 123456789]).redact([1234567, 123456789]) == (
        [1234567, "[redacted]"],
        1,
    )
    assert secrets.redact(value, ()) == ({**value, "b": list(value["b"])} | {
        "canary-value": ["canary-value, canary-value", "[redacted]", 12345679, True, None]
    }, 1)  # fmt: skip
    assert secrets.redact(OSError("no canary-value")) == ("no [redacted]", 1)


def test_only_the_forms_that_occur_are_looked_for() -> None:
    secrets = Secrets(['say "canary"', "another-value"])
    found = secrets.found_in('{"a": "say \\"canary\\""}')
    assert found == ('say "canary"',)
    assert secrets.found_in('{"a": "the another-value of it"}') == ("another-value",)
    assert secrets.found_in('{"a": "nother-value, another-valu"}') == ()


def test_a_union_has_what_both_have() -> None:
    one, other = Secrets(["canary-value", 12345678]), Secrets(["another-value", 87654321])
    assert one | NO_SECRETS is one
    assert NO_SECRETS | one is one
    union = one | other
    assert union.redact(["canary-value another-value", 12345678, 87654321]) == (
        ["[redacted] [redacted]", "[redacted]", "[redacted]"],
        4,
    )
    assert union.characters == sum(map(len, {*one.forms, *other.forms}))


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("API_KEY", True), ("SECRET_SAUCE", True), ("MY_PASSPHRASE", True), ("passwd", True),
        ("X_WEBHOOK_URL", True), ("SERVICE_JWT", True), ("SENTRY_DSN", True), ("DSN", True),
        ("DSN_OF_IT", True), ("AWS_CREDENTIALS_FILE", True), ("HOME", False), ("WISDSNX", False),
    ],
)  # fmt: skip
def test_variables_named_like_secrets(name: str, secret: bool) -> None:
    assert redaction.is_secret_variable(name) is secret


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("__x", True), ("_x", False), ("x__", False), ("api_key", True), ("Api-Key", True),
        ("apiKey", True), ("userPassword", True), ("dsn", True), ("db_dsn", True),
        ("wisdsn", False), ("keywords", False), ("max_tokens", False), ("secretary", False),
    ],
)  # fmt: skip
def test_inputs_named_like_secrets(name: str, secret: bool) -> None:
    assert redaction.is_secret_input(name) is secret


def test_the_secrets_of_the_environment() -> None:
    environ = {
        "MAILBOX": "marked-value", "API_KEY": "named-value", "HOME": "/home/someone",
        "BASE_URL": "https://user:url-password@a.example", "PLUGIN_SECRET_ENV": "API_KEY,OTHER",
        "SENTRY_TOKEN": "another-named-value", "Z_URL": "https://user:last-password@a.example",
    }  # fmt: skip
    guessed = redaction.of_environment(MANIFEST, environ).forms
    assert {"marked-value", "named-value", "url-password"} <= set(guessed)
    assert {"another-named-value", "last-password"} <= set(guessed)
    assert not {"/home/someone", "API_KEY,OTHER"} & set(guessed)
    plain = {**MANIFEST, "configuration": [{"key": "MAILBOX", "type": "string"}]}
    assert "marked-value" not in redaction.of_environment(plain, environ).forms
    assert "marked-value" not in redaction.of_environment({}, environ).forms
    named = redaction.of_environment(MANIFEST, environ, ["HOME"]).forms
    assert "/home/someone" in named
    assert not {"marked-value", "named-value", "url-password"} & set(named)


def test_the_secrets_of_a_header() -> None:
    environment = Secrets(["of-environment"])
    request = of_request(environment)
    assert request.of_headers({"host": "some-host-name"}) is environment
    found = request.of_headers({"host": "some-host-name", "x-api-key": "key-of-header"}).forms
    assert {"of-environment", "key-of-header"} <= set(found)
    assert "some-host-name" not in found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"password": "secret-text"}, ["secret-text"]),
        ({"password": {"value": "secret-text", "args": {"a": ["in-the-args"]}}}, BOTH),
        ({"code": "12345678"}, ["12345678"]),
        ({"__a": {"value": "secret-text", "args": {"a": "in-the-args"}}}, BOTH),
        ({"other_token": ["secret-text"]}, ["secret-text"]),
        ({"api_key": "declared-one", "access_key": "declared-two", "no_secret": "not-marked"}, []),
        ({"do": "something-long"}, []),
        ({"__a": [True, None]}, []),
    ],
)  # fmt: skip
def test_the_secrets_of_inputs(given: dict[str, Any], found: list[str]) -> None:
    secrets = of_request().of_inputs(given, {})
    assert set(found) <= set(secrets.forms)
    assert (secrets is NO_SECRETS) == (not found)


def test_a_secret_that_is_converted_is_one_in_both_forms() -> None:
    secrets = of_request().of_inputs({"pin": "12345678"}, {})
    assert secrets.redact(["12345678", 12345678]) == (["[redacted]", "[redacted]"], 2)


def test_how_deep_a_context_is_searched() -> None:
    def inside(levels: int) -> dict[str, Any]:
        context: dict[str, Any] = {"token": "secret-text", "plain": "public-text"}
        for _ in range(levels):
            context = {"auth": context}
        return context

    found = [of_request().of_inputs({}, inside(levels)).forms for levels in range(4)]
    assert ["secret-text" in forms for forms in found] == [True, True, True, False]
    assert not any("public-text" in forms for forms in found)


def test_the_latest_64_executions_are_remembered() -> None:
    request = of_request(Secrets(["of-environment"]))
    made = [request.of_inputs({"__a": f"secret-{number:03}"}, {}) for number in range(64)]
    assert request.outside_executions() == [request.environment, *made]
    assert request.of_inputs({"__a": "secret-000"}, {}) is made[0]
    newest = request.of_inputs({"__a": "secret-064"}, {})
    assert request.outside_executions() == [
        request.environment, *made[2:], made[0], newest,
    ]  # fmt: skip
    assert request.of_inputs({"__a": "secret-001"}, {}) is not made[1]


def test_no_more_than_a_mebibyte_of_them_is_remembered() -> None:
    request = of_request()
    made = [
        request.of_inputs({"password": [f"{number}" * 30_000, f"x{number}" * 5000]}, {})
        for number in range(8)
    ]
    sizes = [secrets.characters for secrets in made]
    remembered = request.outside_executions()[1:]
    assert made[-len(remembered) :] == remembered
    total = sum(secrets.characters for secrets in remembered)
    assert total <= 1024 * 1024 < total + sizes[-len(remembered) - 1]


def test_a_number_and_its_text_are_not_the_same_secret() -> None:
    request = of_request()
    number, text = (request.of_inputs({"__a": value}, {}) for value in (12345678, "12345678"))
    whole, fraction = (request.of_inputs({"__a": value}, {}) for value in (1e8, 100000000))
    assert number.redact([12345678]) == (["[redacted]"], 1)
    assert text.redact([12345678]) == ([12345678], 0)
    assert whole is not fraction


def test_what_is_over_the_bounds_is_not_remembered() -> None:
    request = of_request()
    secrets = request.of_inputs({"__a": "x" * 32_769}, {})
    assert not secrets.is_complete
    assert request.outside_executions() == [request.environment]
