"""What leaves the process: logs, metrics, answers. And what must not."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.plugin_process import PluginProcess
from tests.support.servers import Start
from tests.support.steps import until

CANARY = "canary-0123456789"


def everything(plugin: PluginProcess, *answers: Any) -> str:
    """All that could carry a secret away."""
    _, metrics = plugin.get("/metrics")
    page: str = metrics.decode()
    return plugin.log + page + json.dumps(answers, ensure_ascii=False)


@pytest.mark.go_too
@pytest.mark.parametrize(
    "canary",
    [CANARY, 'quote" back\\slash', "new\nline-secret", "пароль-секрет", "100% & /more?", "😀" * 8],
)
@pytest.mark.parametrize("where", ["__auth_token", "password"])
@pytest.mark.parametrize("what", ["return inputs", "raise", "print"])
def test_the_secrets_of_a_request_stay_inside(
    running: Start, canary: str, where: str, what: str
) -> None:
    plugin = running()
    canary += f" {where} {what}"  # no other test's, which the server may still know
    value = f"before {canary} after {canary!r}"
    redacted = plugin.metric("plugin_redactions_total")
    answer = plugin.execute({"do": what, where: canary, "value": value})
    told = everything(plugin, answer)
    for form in (canary, repr(canary)[1:-1], json.dumps(canary)[1:-1]):
        assert form not in told
    assert "[redacted]" in told
    assert plugin.metric("plugin_redactions_total") > redacted


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_secret_number_or_object_is_one_too(start: Start) -> None:
    plugin = start()
    given = {"do": "return context", "__pin": 12345678, "__keys": {"a": ["nested-secret"]}}
    status, answer = plugin.execute(given)
    assert status == 200
    assert "12345678" not in everything(plugin, answer)
    assert "nested-secret" not in everything(plugin, answer)


def test_bearer_tokens_are_found_without_their_scheme(start: Start) -> None:
    plugin = start()
    answer = plugin.execute({"do": "raise", "value": CANARY, "__auth_token": f"Bearer {CANARY}"})
    assert CANARY not in everything(plugin, answer)


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize(
    "name", ["S7_CM_TOKEN", "CLIENT_SECRET", "db_password", "AWS_CREDENTIALS", "API_KEY", "MAILBOX"]
)
def test_the_secrets_of_the_environment_stay_inside(start: Start, name: str) -> None:
    plugin = start(**{name: CANARY})
    answers = [plugin.execute({"do": do, "value": CANARY}) for do in ("raise", "print")]
    answers.append(plugin.execute({"do": "return value", "value": {"a": [CANARY]}}))
    assert answers[-1][1]["outputs"]["result"] == {"a": ["[redacted]"]}
    assert CANARY not in everything(plugin, answers)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_short_and_harmless_values_are_left_alone(start: Start) -> None:
    plugin = start(USE_TOKEN="true", KEY="5060", HOME="/home/someone")
    sent = "true, 5060 and /home/someone"
    status, answer = plugin.execute({"do": "return value", "value": sent, "__flag": "true"})
    assert (status, answer["outputs"]["result"]) == (200, sent)
    assert plugin.metric("plugin_redactions_total") == 0


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_thread_of_the_authors_cannot_print_a_secret(start: Start) -> None:
    plugin = start()
    plugin.execute({"do": "print in a thread", "value": CANARY, "__auth_token": CANARY})
    until(lambda: "[redacted]" in plugin.log)  # in Go nothing waits for a thread
    assert CANARY not in plugin.log


def test_every_line_is_json_and_carries_the_trace_id(start: Start) -> None:
    plugin = start()
    plugin.execute({"do": "print", "value": "printed value"}, {"trace_id": "t-7"})
    lines = [line for line in plugin.lines if line.get("trace_id") == "t-7"]
    assert [(line["logger"], line["level"], line["message"]) for line in lines[:4]] == [
        ("stdout", "INFO", "printed value"),
        ("stderr", "WARNING", "to stderr"),
        ("author", "WARNING", "logged printed value"),
        ("author", "WARNING", lines[3]["message"]),
    ]
    assert "two %s but one %s" in lines[3]["message"]
    assert lines[2]["colour"] == "red"
    assert lines[4]["message"] == "without a line end"
    assert lines[5]["outcome"] == "success"
    assert {line["plugin_id"] for line in lines} == {"obedient"}


def test_a_failure_is_logged_with_its_traceback(start: Start) -> None:
    plugin = start()
    plugin.execute({"do": "raise", "value": "broken"}, {"trace_id": "t-8"})
    (line,) = [line for line in plugin.lines if "exception" in line]
    assert line["trace_id"] == "t-8"
    assert "plugin_logic.py" in line["exception"]
    assert "ValueError: broken" in line["exception"]


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_the_traceparent_header_is_used_and_passed_on(start: Start) -> None:
    plugin = start()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    header = f"00-{trace}-00f067aa0ba902b7-01"
    body = b'{"inputs": {"do": "return context"}}'
    _, answer = plugin.post(body, traceparent=header)
    assert answer["outputs"]["result"]["traceparent"] == header
    assert answer["outputs"]["result"]["trace_id"] == trace
    assert [line["trace_id"] for line in plugin.lines if "outcome" in line] == [trace]
    _, answer = plugin.post(body, traceparent="nonsense")
    assert len(answer["outputs"]["result"]["trace_id"]) == 32


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_trace_ids_never_cross(start: Start) -> None:
    plugin = start()

    def execute(number: int) -> tuple[str, str]:
        trace = f"trace-{number}"
        inputs = {"do": "return context", "marker": trace}
        while True:
            status, answer = plugin.execute(inputs, {"trace_id": trace})
            if status != 429:
                result = answer["outputs"]["result"]
                return result["trace_id"], result["host_inputs"]["marker"]

    with ThreadPoolExecutor(8) as pool:
        for number, (trace, marker) in enumerate(pool.map(execute, range(200))):
            assert trace == marker == f"trace-{number}"


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_the_metrics_are_what_prometheus_reads(start: Start) -> None:
    plugin = start()
    plugin.execute({"do": "return value"})
    plugin.execute({"do": "raise"})
    plugin.execute({})
    _, headers, page = plugin.request("GET", "/metrics")
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(page.decode())}
    outcomes = {
        sample.labels["outcome"]: sample.value for sample in families["plugin_executions"].samples
    }
    assert {name: value for name, value in outcomes.items() if value} == {
        "success": 1,
        "failed": 1,
        "invalid": 1,
    }
    assert families["plugin_executions"].type == "counter"
    durations = families["plugin_execution_duration_seconds"]
    assert durations.type == "histogram"
    counts = {sample.labels.get("le"): sample.value for sample in durations.samples}
    assert counts["+Inf"] == 3
    for gauge in ("in_flight", "stuck"):
        assert families[f"plugin_executions_{gauge}"].samples[0].value == 0
    assert families["plugin_uptime_seconds"].samples[0].value > 0
    info = families["plugin_build_info"].samples[0].labels
    assert (info["plugin_id"], info["version"]) == ("obedient", "1.2.3")


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_nothing_but_plugin_variables_is_honoured(start: Start) -> None:
    others = {"HOST": "192.0.2.1", "LOG_LEVEL": "LOUD", "TIMEOUT_MS": "no", "CONCURRENCY": "0"}
    plugin = start(PORT="1", PYTHONPATH="/nowhere", **others)
    assert plugin.get("/health")[0] == 200
