"""The plugin behind its HTTP API, as a process on this machine."""

import os
from typing import Any

import pytest
from conftest import Server

from plugin_runtime.inputs import is_type

TOKEN = "canary-token-0123456789"


def test_health_is_what_the_host_reads(server: Server) -> None:
    status, health = server.call("GET", "/health")
    assert status == 200
    assert health["status"] == "healthy"
    assert server.call("GET", "/health/live")[0] == 200
    assert server.call("GET", "/health/ready")[0] == 200


def test_the_example_is_executed(
    server: Server, manifest: dict[str, Any], request_body: dict[str, Any]
) -> None:
    status, answer = server.call("POST", "/execute", request_body)
    assert status == 200, answer
    assert answer["success"] is True
    for output in manifest["outputDefinitions"]:
        assert is_type(answer["outputs"][output["name"]], output["type"]), output


def test_the_documented_envelope_gives_the_same_answer(
    server: Server, request_body: dict[str, Any]
) -> None:
    enveloped = {
        name: {"value": value, "args": {}} for name, value in request_body["inputs"].items()
    }
    raw = server.call("POST", "/execute", request_body)
    assert server.call("POST", "/execute", {**request_body, "inputs": enveloped}) == raw


def test_what_the_host_sends_unasked_is_accepted_and_its_tokens_are_not_logged(
    server: Server, request_body: dict[str, Any]
) -> None:
    request_body["inputs"] |= {"stepId": "1", "availablePlugins": "[]", "__auth_token": TOKEN}
    status, answer = server.call("POST", "/execute", request_body)
    assert status == 200, answer
    assert TOKEN not in str(answer)
    assert TOKEN not in server.log.read_text("utf-8")


def test_each_log_line_of_an_execution_has_its_trace_id(
    server: Server, request_body: dict[str, Any]
) -> None:
    request_body["context"]["trace_id"] = "trace-of-this-test"
    server.call("POST", "/execute", request_body)
    (line,) = [line for line in server.lines() if "outcome" in line]
    assert line["trace_id"] == "trace-of-this-test"


def test_a_wrong_type_is_refused_for_each_input(server: Server, manifest: dict[str, Any]) -> None:
    wrong = {
        definition["name"]: 1 if definition["type"] != "number" else "1"
        for definition in manifest["inputDefinitions"]
        if definition["type"] != "any"
    }
    status, answer = server.call("POST", "/execute", {"inputs": wrong})
    if wrong:
        assert status == 422
        assert answer["success"] is False
        assert all(any(f"'{name}'" in error for error in answer["errors"]) for name in wrong)


def test_failures_have_a_status_of_their_own(server: Server) -> None:
    assert server.call("POST", "/execute", b"{")[0] == 400
    assert server.call("POST", "/execute", b"[]")[0] == 400
    assert server.call("GET", "/execute")[0] == 405
    assert server.call("GET", "/nothing")[0] == 404


def test_metrics_count_executions(server: Server, request_body: dict[str, Any]) -> None:
    server.call("POST", "/execute", request_body)
    status, page = server.call("GET", "/metrics")
    assert status == 200
    assert 'plugin_executions_total{outcome="success"} 1' in page


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM; the image is tested with it")
def test_sigterm_ends_an_idle_plugin_at_once(server: Server) -> None:
    assert server.stop() < 1
    assert server.process.returncode == 0
