"""The plugin behind its HTTP API, as a process on this machine."""

import importlib
import inspect
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Server, lacking, without_varying

TOKEN = "canary-token-0123456789"
WRONG = {"string": {"not": "text"}, "number": "not a number", "boolean": "not a boolean"}


def test_execute_plugin_takes_inputs_and_context() -> None:
    """Also tested where setup() cannot run; elsewhere test_it_gets_ready says what is wrong."""
    try:
        function = importlib.import_module("plugin_logic").execute_plugin
    except (Exception, SystemExit) as error:
        if not lacking("setup"):
            pytest.skip("test_it_gets_ready says why it cannot be imported")
        pytest.fail(f"plugin_logic.py: {type(error).__name__}: {error}", pytrace=False)
    inspect.signature(function).bind({}, {})


def test_it_gets_ready(started: Server) -> None:
    if started.problem:
        pytest.fail(started.problem, pytrace=False)
    status, health = started.call("GET", "/health")
    assert (status, health["status"]) == (200, "healthy")
    assert started.call("GET", "/health/live")[0] == 200
    assert started.call("GET", "/health/ready")[0] == 200


def test_success_and_status_agree(server: Server, example: dict[str, Any]) -> None:
    """Whether the example succeeds is for tests/test_logic.py to say."""
    status, answer = server.call("POST", "/execute", {"inputs": example})
    assert answer["success"] is (status == 200), answer
    assert ("outputs" if answer["success"] else "error") in answer


def test_the_documented_envelope_gives_the_same_answer(
    server: Server, example: dict[str, Any]
) -> None:
    enveloped = {name: {"value": value, "args": {}} for name, value in example.items()}
    status, raw = server.call("POST", "/execute", {"inputs": example})
    again, answer = server.call("POST", "/execute", {"inputs": enveloped})
    hint = "if an output differs each time, name it under varies in tests/settings.toml"
    assert again == status
    assert without_varying(answer) == without_varying(raw), hint


def test_what_the_host_sends_unasked_is_accepted_and_its_tokens_are_not_logged(
    server: Server, example: dict[str, Any]
) -> None:
    unasked = {"stepId": "1", "availablePlugins": "[]", "__auth_token": TOKEN}
    status, _ = server.call("POST", "/execute", {"inputs": example})
    with_unasked, answer = server.call("POST", "/execute", {"inputs": {**example, **unasked}})
    assert with_unasked == status, answer
    assert TOKEN not in str(answer)
    assert TOKEN not in server.log.read_text("utf-8")


def test_each_log_line_of_an_execution_has_its_trace_id(
    server: Server, example: dict[str, Any]
) -> None:
    body = {"inputs": example, "context": {"trace_id": "trace-of-this-test"}}
    server.call("POST", "/execute", body)
    outcomes = [line for line in server.lines() if "outcome" in line]
    assert [line["trace_id"] for line in outcomes].count("trace-of-this-test") == 1


def test_a_wrong_type_is_refused_for_each_input(server: Server, manifest: dict[str, Any]) -> None:
    wrong = {
        definition["name"]: WRONG.get(definition["type"], 5)
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


def test_metrics_count_executions(server: Server) -> None:
    def invalid() -> int:
        page = server.call("GET", "/metrics")[1]
        (count,) = re.findall(r'plugin_executions_total\{outcome="invalid"\} (\d+)', page)
        return int(count)

    before = invalid()
    server.call("POST", "/execute", b"{")
    assert invalid() == before + 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM; the image is tested with it")
def test_sigterm_ends_an_idle_plugin_at_once(
    server: Server, start_server: Callable[[], Server]
) -> None:
    own = start_server()
    assert own.stop() < 5, "a running execution or a thread of the plugin's keeps it alive"
    assert own.process.returncode == 0
