"""What arrives at `execute_plugin`, through the running server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.plugin_process import MANIFEST
from tests.support.servers import Start

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "input_conversion.json").read_text("utf-8")
)["cases"]
REFUSED = object()


def received(plugin: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    status, answer = plugin.execute({"do": "return inputs", **inputs})
    assert status == 200, answer
    result: dict[str, Any] = answer["outputs"]["result"]
    return result


@pytest.mark.go_too
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param("plain", "plain", id="raw"),
        pytest.param({"value": "v", "args": {}}, "v", id="envelope"),
        pytest.param({"value": "v"}, "v", id="envelope without args"),
        pytest.param(
            {"inputName": "value", "value": 7, "valueType": "number", "args": {}}, 7, id="legacy"
        ),
        pytest.param({"value": None, "args": {}}, None, id="null in an envelope"),
        pytest.param({"value": "v", "unit": "m"}, {"value": "v", "unit": "m"}, id="own object"),
        pytest.param({"args": {}}, {"args": {}}, id="args alone"),
    ],
)
def test_a_value_of_any_type_is_unwrapped(running: Start, sent: Any, expected: Any) -> None:
    assert received(running(), {"value": sent})["value"] == expected


@pytest.mark.go_too
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"value": 5}, {"value": 5}),
        ({"value": 5, "unit": "m"}, {"value": 5, "unit": "m"}),
        ({"value": {"a": 1}, "args": {}}, {"a": 1}),
        ({"value": {"value": 1}}, {"value": 1}),
    ],
)
def test_an_object_with_a_key_named_value_is_not_taken_for_an_envelope(
    running: Start, sent: Any, expected: Any
) -> None:
    assert received(running(), {"settings": sent})["settings"] == expected


def case_problems(plugin: Any, cases: list[dict[str, Any]], wanted: str) -> list[str]:
    """The cases of the table in which the plugin got something else."""
    problems = []
    for case in cases:
        expected = case.get(wanted, case.get("given", REFUSED))
        if expected == "refused" and wanted in case:
            expected = REFUSED
        status, answer = plugin.execute({"do": "return inputs", f"a_{case['type']}": case["sent"]})
        got = answer["outputs"]["result"][f"a_{case['type']}"] if status == 200 else REFUSED
        same = got is expected if expected is REFUSED else json.dumps(got) == json.dumps(expected)
        if not same or status not in (200, 422):
            problems.append(f"{case} gave {status} {answer}")
    return problems


TYPED = {
    "inputDefinitions": [
        {"name": "do", "type": "string", "required": True},
        {"name": "seconds", "type": "number", "required": False, "defaultValue": 0},
        *[
            {"name": f"a_{kind}", "type": kind, "required": False}
            for kind in ("string", "number", "boolean", "array", "object", "any")
        ],
    ]
}


def test_the_table_of_conversions(running: Start) -> None:
    assert case_problems(running(manifest=TYPED), CASES, "given") == []


def test_the_table_of_conversions_in_strict_mode(running: Start) -> None:
    plugin = running(manifest=TYPED, PLUGIN_STRICT_INPUTS="1")
    assert case_problems(plugin, CASES, "strict") == []


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_text_that_is_nested_too_deeply_is_no_value(running: Start) -> None:
    deep = "[" * 101 + "]" * 101
    status, answer = running().execute({"do": "return inputs", "names": deep})
    assert status == 422
    assert answer["errors"] == ["Input 'names' must be of type array, but is string."]


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_secret_in_json_text_is_redacted_as_a_value_too(running: Start) -> None:
    secret = {"name": "settings", "type": "object", "required": False, "secret": True}
    definitions = [d for d in MANIFEST["inputDefinitions"] if d["name"] != "settings"]
    plugin = running(manifest={"inputDefinitions": [*definitions, secret]})
    sent = {"do": "return inputs", "settings": json.dumps({"key": "canary-0123456789"})}
    status, answer = plugin.execute(sent)
    assert status == 200
    assert answer["outputs"]["result"]["settings"] == {"key": "[redacted]"}


def test_default_value_is_the_hosts_name_for_a_default(running: Start) -> None:
    definitions = [
        {"name": "do", "type": "string", "required": True},
        {"name": "seconds", "type": "number", "required": False, "defaultValue": 0, "default": 1},
        {"name": "names", "type": "array", "required": False, "defaultValue": ["a"]},
    ]
    assert received(running(manifest={"inputDefinitions": definitions}), {}) == {
        "do": "return inputs",
        "seconds": 0,
        "names": ["a"],
    }


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_args_and_undeclared_inputs_are_in_the_context(running: Start) -> None:
    status, answer = running().execute(
        {
            "do": {"value": "return context", "args": {"a": 1}},
            "stepId": "s-1",
            "__auth_token": "canary-0123456789",
        },
        {"trace_id": "t-1", "plugin_id": "someone else's", "further": True},
    )
    assert status == 200
    assert answer["outputs"]["result"] == {
        "trace_id": "t-1",
        "plugin_id": "obedient",
        "version": "1.2.3",
        "further": True,
        "traceparent": "",
        "step_id": "s-1",
        "args": {"do": {"a": 1}},
        "host_inputs": {"stepId": "s-1", "__auth_token": "[redacted]"},
    }


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_an_alias_is_as_good_as_the_name_which_comes_first(running: Start) -> None:
    plugin = running()
    assert plugin.execute({"verb": "return inputs"})[1]["outputs"]["result"]["do"] == (
        "return inputs"
    )
    status, answer = plugin.execute({"verb": "raise", "do": "return context"})
    assert status == 200
    assert answer["outputs"]["result"]["host_inputs"] == {"verb": "raise"}


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_defaults_are_filled_in_and_absent_inputs_stay_absent(running: Start) -> None:
    plugin = running()
    assert received(plugin, {}) == {"do": "return inputs", "seconds": 0}
    assert received(plugin, {"seconds": None, "flag": None, "names": None}) == {
        "do": "return inputs",
        "seconds": 0,
    }


def test_every_problem_is_reported_at_once(running: Start) -> None:
    status, answer = running().execute(
        {"value": 1, "seconds": True, "flag": 1, "names": "a", "settings": []}
    )
    assert status == 422
    assert answer["errors"] == [
        "Input 'do' (string) is required and was not given.",
        "Input 'seconds' must be of type number, but is boolean.",
        "Input 'settings' must be of type object, but is array.",
        "Input 'flag' must be of type boolean, but is number.",
        "Input 'names' must be of type array, but is string.",
    ]
    assert answer["success"] is False
    assert "Input 'do'" in answer["error"]


@pytest.mark.go_too
@pytest.mark.parametrize(
    ("sent", "step_id"),
    [("s-1", "s-1"), ({"value": "s-1", "args": {}}, "s-1"), (7, "7"), (None, "")],
)
def test_the_step_can_be_recognized_when_it_is_repeated(
    running: Start, sent: Any, step_id: str
) -> None:
    status, answer = running().execute({"do": "return context", "stepId": sent})
    assert status == 200
    assert answer["outputs"]["result"]["step_id"] == step_id


@pytest.mark.go_too
@pytest.mark.parametrize("nothing", [None, {"value": None}, {"value": None, "args": {}}])
def test_null_is_no_value_for_a_required_input(running: Start, nothing: Any) -> None:
    status, answer = running().execute({"do": nothing})
    assert status == 422
    assert "'do'" in answer["error"]


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_the_hosts_large_plugin_list_is_accepted(start: Start) -> None:
    plugins = json.dumps([{"id": f"plugin-{n}", "description": "x" * 1000} for n in range(9000)])
    assert (
        received(start(PLUGIN_TIMEOUT_MS="60000"), {"availablePlugins": plugins})["do"]
        == "return inputs"
    )
