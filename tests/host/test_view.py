"""What the host reads from a manifest, and the inputs that are made from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.host.view import (
    HostView,
    ManifestUnusable,
    host_environment,
    host_inputs,
    read_manifest,
    request_body,
)
from stage7_plugin.spec.sample_inputs import example_inputs, inputs_from_file, sample_inputs

MANIFEST = Path(__file__).parents[1] / "contract" / "servers" / "correct" / "manifest.json"


def manifest(**container: Any) -> dict[str, Any]:
    document = read_manifest(MANIFEST)
    document["container"].update(container)
    return document


@pytest.mark.parametrize(
    ("memory", "limit"),
    [
        ("256m", 256 * 1024**2),
        ("1G", 1024**3),
        ("512k", 512 * 1024),
        ("1048576", 1048576),
        ("256mb", None),
        ("0.5g", None),
        (256, None),
        (None, None),
    ],
)
def test_memory_of_any_other_form_is_no_limit(memory: object, limit: int | None) -> None:
    assert HostView.from_manifest(manifest(resources={"memory": memory})).memory == limit


@pytest.mark.parametrize(
    ("cpu", "shares"), [("0.5", 512), ("2", 2048), (1, 1024), ("half", None), ("0", None)]
)
def test_cpu_is_a_weight(cpu: object, shares: int | None) -> None:
    assert HostView.from_manifest(manifest(resources={"cpu": cpu})).cpu_shares == shares


@pytest.mark.parametrize(("timeout", "seconds"), [("3s", 3), ("500ms", 10), ("1m", 10), (None, 10)])
def test_the_health_timeout_is_read_in_seconds_only(timeout: object, seconds: float) -> None:
    view = HostView.from_manifest(manifest(healthCheck={"path": "/up", "timeout": timeout}))
    assert (view.health_timeout, view.health_path) == (seconds, "/up")


def test_the_rest_of_the_manifest() -> None:
    view = HostView.from_manifest(manifest(environment={"RETRIES": 3}))
    assert (view.plugin_id, view.version, view.port) == ("echo-for-tests", "1.0.0", 8080)
    assert (view.endpoint, view.method, view.timeout) == ("/execute", "POST", 1.2)
    assert view.environment == {"RETRIES": "3"}


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ({"image": None}, "container.image is missing; the host needs it, for example"),
        ({"image": 5}, "container.image is 5"),
        ({"ports": []}, "container.ports is empty"),
        ({"ports": [{"host": 0}]}, "container.ports[0].container is missing"),
        ({"ports": [{"container": True}]}, "container.ports[0].container is True"),
    ],
)
def test_what_the_host_cannot_do_without(container: dict[str, Any], message: str) -> None:
    with pytest.raises(ManifestUnusable) as caught:
        HostView.from_manifest(manifest(**container))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"), [("{", "is not JSON"), ("[]", "must hold a JSON object")]
)
def test_a_file_that_is_no_manifest(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(ManifestUnusable, match=message):
        read_manifest(path)


def test_tokens_of_the_caller_take_the_place_of_the_hosts() -> None:
    assert host_environment({"S7_CM_TOKEN": "mine"})["S7_CM_TOKEN"] == "mine"
    assert host_inputs({"__auth_token": "mine"})["__auth_token"] == "mine"
    assert json.loads(host_inputs()["availablePlugins"])


def test_the_request_of_the_host() -> None:
    view = HostView.from_manifest(manifest())
    assert request_body(view, {"text": "x"}, "t-1") == {
        "inputs": {"text": "x"},
        "context": {"trace_id": "t-1", "plugin_id": "echo-for-tests", "version": "1.0.0"},
    }


def test_inputs_are_made_from_examples_defaults_and_types() -> None:
    definitions = [
        {"name": "a", "type": "string", "required": True, "example": "e", "default": "d"},
        {"name": "b", "type": "number", "required": False, "default": 7},
        {"name": "c", "type": "array", "required": True},
        {"name": "d", "type": "object", "required": False},
        {"name": "e", "type": "boolean", "required": True, "example": False},
    ]
    made = sample_inputs({"inputDefinitions": definitions})
    assert made == {"a": "e", "b": 7, "c": ["first", "second"], "e": False}


def test_the_example_of_a_folder_comes_first(tmp_path: Path) -> None:
    assert example_inputs(tmp_path, manifest())["text"] == "hello"
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "request.json").write_text('{"inputs": {"text": "mine"}}')
    assert example_inputs(tmp_path, manifest()) == {"text": "mine"}


@pytest.mark.parametrize(
    ("content", "message"),
    [("[1]", "must be like"), ('{"inputs": 1}', "must be like"), ("{", "JSON")],
)
def test_a_request_file_that_holds_no_inputs(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "request.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        inputs_from_file(path)
