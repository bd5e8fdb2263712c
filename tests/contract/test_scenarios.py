"""Where scenarios come from, and the suite's own stand-ins for a plugin's logic."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.contract import scenarios
from stage7_plugin.contract.targets.compiled import compiled_language, with_scenario_logic
from stage7_plugin.contract.targets.resolve import scenario_source
from stage7_plugin.contract.targets.url import UrlTarget
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
    for kind, inputs in scenarios.for_scenario_logic(language).inputs.items():
        assert all(f'"{name}"' in logic for name in inputs["scenario"]), kind


def test_any_value_of_its_type_may_leave() -> None:
    """The stand-ins do not know constraints."""
    output = {"name": "a", "type": "string", "required": True, "enum": ["x"], "minLength": 1}
    document = {**MANIFEST, "outputDefinitions": [output]}
    changed = json.loads(scenarios.overlay("python", document)["manifest.json"])
    assert changed["outputDefinitions"] == [{"name": "a", "type": "string", "required": True}]


def test_in_a_compiled_language_it_takes_the_place_of_all_that_its_author_wrote(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "plugin"
    for name in (
        "server.go", "plugin_logic.go", "plugin_types.go", "more.go", "go.mod", "manifest.json",
        "words/words.go", "plugin_runtime/app.go", ".git/config", ".cache/plugin",
    ):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("the author's")
    language = compiled_language(folder)
    assert language == "go"
    with with_scenario_logic(folder, language, MANIFEST) as copy:
        made = {p.relative_to(copy).as_posix(): p for p in copy.rglob("*") if p.is_file()}
        # more.go may use what the author's logic has; .git and .cache are not for the image
        assert set(made) == {
            "server.go", "plugin_logic.go", "plugin_types.go", "go.mod", "manifest.json",
            "words/words.go", "plugin_runtime/app.go",
        }  # fmt: skip
        assert "pluginruntime.FromContext" in made["plugin_logic.go"].read_text()
        assert made["plugin_types.go"].read_text() == "the author's"
        assert json.loads(made["manifest.json"].read_text())["api"]["timeout"] < 3000
    assert not copy.exists()
    assert (folder / "plugin_logic.go").read_text() == "the author's"


def test_what_is_not_compiled_is_replaced_in_its_container(tmp_path: Path) -> None:
    for name in ("plugin_logic.py", "plugin_runtime", "manifest.json"):
        (tmp_path / name).touch()
    assert compiled_language(tmp_path) is None


@pytest.mark.parametrize(
    ("main", "told"), [("server.go", "has to be compiled in: check the plugin's folder"), ("x", "")]
)
def test_a_compiled_plugin_without_its_folder_has_no_scenarios(main: str, told: str) -> None:
    target = UrlTarget("http://localhost:1", {**MANIFEST, "entryPoint": {"main": main}})
    found = scenario_source(target, None)()
    assert found.inputs == {}
    assert told in found.lacking
    assert bool(told) is bool(found.lacking)


def test_in_go_nothing_can_survive_the_end_of_the_process() -> None:
    found = scenarios.for_scenario_logic("go")
    assert set(scenarios.KINDS) - set(found.inputs) == {"exiting"} == set(found.impossible)


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
    return {"host_inputs": {**scenarios.for_scenario_logic("python").inputs[name], **tokens}}


def test_the_stand_in_answers_to_every_scenario(
    execute_plugin: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(scenarios.for_scenario_logic("python").inputs) == set(scenarios.KINDS)
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
