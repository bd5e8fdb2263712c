"""The stand-in for the CapabilitiesManager: what it stores, converts, answers and executes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.host.http_client import Address, call
from stage7_plugin.host.stand_in.caller import run_step
from stage7_plugin.host.stand_in.errors import Failure
from stage7_plugin.host.stand_in.execution import Executor
from stage7_plugin.host.stand_in.inputs import converted
from stage7_plugin.host.stand_in.server import StandIn
from stage7_plugin.host_facts import BUNDLED_VERBS, INTERNAL_VERBS

CORRECT = Path(__file__).parents[1] / "contract" / "servers" / "correct" / "manifest.json"
MANIFEST: dict[str, Any] = json.loads(CORRECT.read_text("utf-8"))


def manifest(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(MANIFEST), **fields}


def ask(host: StandIn, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {host.token}"}
    answer = call(Address.from_url(host.url), method, path, payload=body, headers=headers)
    return answer.status, answer.document


@pytest.fixture(params=[False, True], ids=["faithful", "strict"])
def host(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with StandIn(strict=request.param) as stand_in:
        yield stand_in


def test_what_it_starts_with(host: StandIn) -> None:
    _, listed = ask(host, "GET", "/plugins")
    verbs = {one["verb"] for one in listed["plugins"]}
    assert verbs == {*INTERNAL_VERBS, *BUNDLED_VERBS}
    assert ask(host, "DELETE", "/plugins/x")[0] == 400, "there is no uninstall"


def test_a_rejected_manifest(host: StandIn) -> None:
    wrong = manifest()
    del wrong["container"]["image"]
    status, body = ask(host, "POST", "/plugins", wrong)
    if host.strict:
        assert status == 400
        assert "missing required field: image" in body[0]["error"]
    else:
        assert (status, body) == (201, {"success": True})
        step = {"actionVerb": wrong["verb"], "inputValues": {}}
        status, body = ask(host, "POST", "/executeAction", step)
        assert (status, body[0]["name"]) == (200, "CM012_UNKNOWN_VERB_HANDLING_FAILED")
    assert ask(host, "GET", f"/plugins/{wrong['id']}")[0] == 404


def test_a_verb_that_is_taken(host: StandIn) -> None:
    """The host overwrites the plugin that had it."""
    status, _ = ask(host, "POST", "/plugins", manifest(verb="TEXT_ANALYSIS"))
    there = ask(host, "GET", "/plugins/plugin-TEXT_ANALYSIS")[0]
    assert (status, there) == ((400, 200) if host.strict else (201, 404))


@pytest.mark.parametrize(("kind", "kept"), [("local", "0.9.0"), ("mongo", "1.0.0")])
def test_a_lower_version(host: StandIn, kind: str, kept: str) -> None:
    for version in ("1.0.0", "0.9.0"):
        ask(host, "POST", "/plugins", manifest(version=version, repository={"type": kind}))
    _, body = ask(host, "GET", f"/plugins/{MANIFEST['id']}")
    assert body["plugin"]["version"] == kept


def test_a_file_outside_the_folder(host: StandIn) -> None:
    files = {"main": "x", "files": {"../../escaped": "x"}}
    status, body = ask(host, "POST", "/plugins", manifest(entryPoint=files))
    assert status == 400
    assert "outside the plugin's folder" in body[0]["error"]


@pytest.mark.parametrize("token", ["wrong", "two words"])
def test_a_token_that_is_not_its_own(host: StandIn, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = call(Address.from_url(host.url), "GET", "/plugins", headers=headers)
    assert (answer.status, answer.document) == (401, {"error": "Invalid or expired token"})


def record(value: Any, kind: str = "any") -> dict[str, Any]:
    return {"inputName": "x", "value": value, "valueType": kind, "args": {}}


EMPTY: list[Any] = [0, False, "", " ", [], {}]
DEFINITIONS = [
    {"name": "text", "type": "string", "required": True, "aliases": ["message"]},
    {"name": "max_words", "type": "number", "required": False, "defaultValue": 100},
    {"name": "flag", "type": "boolean", "required": False, "default": True},
    {"name": "tags", "type": "array", "required": False},
    {"name": "options", "type": "object", "required": False},
]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"text": record("a")}, {"text": "a", "max_words": 100}),
        ({"message": record("a")}, {"text": "a", "max_words": 100}),
        ({"TEXTS": record("a"), "maxWords": record(5)}, {"text": "a", "max_words": 5}),
        ({"text": record(5, "string")}, {"text": "5", "max_words": 100}),
        ({"text": record(True, "string")}, {"text": "true", "max_words": 100}),
        ({"text": record({"a": 1}, "string")}, {"text": '{"a":1}', "max_words": 100}),
        ({"text": record("a"), "max_words": record("0", "number")}, {"text": "a", "max_words": 0}),
        (
            {
                "text": record("a"),
                "flag": record("False", "boolean"),
                "tags": record("a, b", "array"),
            },
            {"text": "a", "flag": False, "tags": ["a", "b"], "max_words": 100},
        ),
        (
            {"text": record("a"), "tags": record('[1, "2"]', "array")},
            {"text": "a", "tags": [1, "2"], "max_words": 100},
        ),
        (
            {"text": record("a"), "options": record('{"a": 0}', "object"), "extra": record(1)},
            {"text": "a", "options": {"a": 0}, "extra": 1, "max_words": 100},
        ),
        (
            {"text": record("a"), "options": record('{"a": 0}')},
            {"text": "a", "options": '{"a": 0}', "max_words": 100},
        ),
    ],
)
def test_inputs_are_converted(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert converted({"verb": "X", "inputDefinitions": DEFINITIONS}, given, False) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Missing required input field: 'text' (type: string)."),
        *[({"text": record(empty)}, "Empty value for required") for empty in EMPTY],
        (
            {"text": record("a"), "max_words": record("5")},
            "Type mismatch for input field 'max_words'. Expected: number, Received: string.",
        ),
        ({"text": record("a"), "flag": record(1)}, "Expected: boolean, Received: number. Value: 1"),
        ({"text": record("a"), "tags": record({})}, "Expected: array, Received: object. Value: {}"),
    ],
)
def test_inputs_that_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(Failure) as failure:
        converted({"verb": "X", "inputDefinitions": DEFINITIONS}, given, False)
    assert failure.value.status == 400
    assert said in str(failure.value)


@pytest.mark.parametrize("empty", [0, False, "", [], {}])
def test_empty_values_arrive_where_the_host_is_fixed(empty: Any) -> None:
    plugin = {"verb": "X", "inputDefinitions": [{"name": "a", "type": "any", "required": True}]}
    assert converted(plugin, {"a": record(empty)}, True) == {"a": empty}


class Failing(Executor):
    """Fails, and counts how often it was asked."""

    times_asked = 0

    def execute(
        self, manifest: Mapping[str, Any], folder: Path, inputs: Mapping[str, Any], trace_id: str
    ) -> list[dict[str, Any]]:
        self.times_asked += 1
        raise Failure(500, "CM002_PLUGIN_EXECUTION_FAILED", "undefined")


def test_a_failing_step_is_executed_six_times() -> None:
    executor = Failing(False)
    with StandIn(executor=executor) as host:
        ask(host, "POST", "/plugins", manifest())
        address = Address.from_url(host.url)
        step = {"actionVerb": MANIFEST["verb"], "inputValues": {"text": record("a")}}
        assert run_step(address, step, pause=0)[0] == 500
        assert executor.times_asked == 6
        refused = {**step, "inputValues": {"text": record("")}}
        host.requests.clear()
        assert run_step(address, refused, pause=0)[0] == 400
        assert len(host.requests) == 3, "a 400 is not sent again at once"
