"""What arrives at `execute_plugin`, through the running server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.runtime.conftest import Start


def received(plugin: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    status, answer = plugin.execute({"do": "return inputs", **inputs})
    assert status == 200, answer
    result: dict[str, Any] = answer["outputs"]["result"]
    return result


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
def test_a_value_of_any_type_is_unwrapped(start: Start, sent: Any, expected: Any) -> None:
    assert received(start(), {"value": sent})["value"] == expected


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
    start: Start, sent: Any, expected: Any
) -> None:
    assert received(start(), {"settings": sent})["settings"] == expected


def test_args_and_undeclared_inputs_are_in_the_context(start: Start) -> None:
    status, answer = start().execute(
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
        "args": {"do": {"a": 1}},
        "host_inputs": {"stepId": "s-1", "__auth_token": "[redacted]"},
    }


def test_an_alias_is_as_good_as_the_name_which_comes_first(start: Start) -> None:
    plugin = start()
    assert plugin.execute({"verb": "return inputs"})[1]["outputs"]["result"]["do"] == (
        "return inputs"
    )
    status, answer = plugin.execute({"verb": "raise", "do": "return context"})
    assert status == 200
    assert answer["outputs"]["result"]["host_inputs"] == {"verb": "raise"}


def test_defaults_are_filled_in_and_absent_inputs_stay_absent(start: Start) -> None:
    plugin = start()
    assert received(plugin, {}) == {"do": "return inputs", "seconds": 0}
    assert received(plugin, {"seconds": None, "flag": None, "names": None}) == {
        "do": "return inputs",
        "seconds": 0,
    }


def test_every_problem_is_reported_at_once(start: Start) -> None:
    status, answer = start().execute(
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


@pytest.mark.parametrize("nothing", [None, {"value": None}, {"value": None, "args": {}}])
def test_null_is_no_value_for_a_required_input(start: Start, nothing: Any) -> None:
    status, answer = start().execute({"do": nothing})
    assert status == 422
    assert "'do'" in answer["error"]


def test_the_hosts_large_plugin_list_is_accepted(start: Start) -> None:
    plugins = json.dumps([{"id": f"plugin-{n}", "description": "x" * 1000} for n in range(9000)])
    assert received(start(), {"availablePlugins": plugins})["do"] == "return inputs"
