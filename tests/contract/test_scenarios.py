"""Where scenarios come from, and the suite's own stand-ins for a plugin's logic."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.contract import scenarios
from stage7_plugin.host.view import read_manifest
from stage7_plugin.spec.languages import LANGUAGES, language_of

MANIFEST = read_manifest(Path(__file__).parent / "servers" / "correct" / "manifest.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "must be like"),
        ('{"slwo": {}}', "'slwo' must be one of slow, failing"),
        ('{"slow": 5}', "'slow' must be one of .*, with an object of inputs"),
    ],
)
def test_a_file_that_holds_no_scenarios(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "scenarios.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        scenarios.from_file(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_stand_in_for_what_its_author_writes(language: str) -> None:
    files = scenarios.overlay(language, MANIFEST)
    assert set(files) == {LANGUAGES[language].logic, "manifest.json"}
    logic = files[LANGUAGES[language].logic].decode()
    for kind, inputs in scenarios.for_scenario_logic().inputs.items():
        assert all(f'"{name}"' in logic for name in inputs["scenario"]), kind


def test_a_language_without_a_stand_in_replaces_nothing() -> None:
    assert scenarios.overlay("cobol", MANIFEST) == {}


def test_a_language_is_told_by_the_authors_file() -> None:
    for name, language in LANGUAGES.items():
        files = {"plugin_runtime", "manifest.json", language.logic}
        assert language_of(files) == name
        assert all(language_of(files - {missing}) is None for missing in files)


@pytest.fixture
def execute_plugin(tmp_path: Path) -> Any:
    """`execute_plugin` of the stand-in, beside its manifest as in a container."""
    for name, content in scenarios.overlay("python", MANIFEST).items():
        (tmp_path / name).write_bytes(content)
    return runpy.run_path(str(tmp_path / "plugin_logic.py"))["execute_plugin"]


def context(name: str) -> dict[str, Any]:
    tokens = {"__auth_token": "canary"}
    return {"host_inputs": {**scenarios.for_scenario_logic().inputs[name], **tokens}}


def test_the_stand_in_answers_to_every_scenario(
    execute_plugin: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(scenarios.for_scenario_logic().inputs) == set(scenarios.KINDS)
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setenv("S7_CM_TOKEN", "environment-canary")
    assert execute_plugin({}, context("slow"))["success"]
    with pytest.raises(RuntimeError, match="asked to fail"):
        execute_plugin({}, context("failing"))
    with pytest.raises(SystemExit):
        execute_plugin({}, context("exiting"))
    with pytest.raises(RuntimeError, match="raised canary environment-canary"):
        execute_plugin({}, context("leaking"))
    assert "printed canary environment-canary" in capsys.readouterr().out
    execute_plugin({}, context("overdue"))
    timeout = scenarios.manifest_for_scenarios(MANIFEST)["api"]["timeout"] / 1000
    assert 0.3 <= slept[0] <= 3
    assert slept[-1] >= timeout + 10


def test_the_stand_in_returns_every_declared_output(execute_plugin: Any) -> None:
    assert execute_plugin({}, {})["outputs"] == {"result": "scenario", "echoed": {}}
    json.dumps(execute_plugin({}, {}))
