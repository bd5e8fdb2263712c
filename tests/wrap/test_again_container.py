"""`wrap --again` of a container plugin made by hand: everything that it says is followed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.rendering.entries import SOURCES as LANGUAGES
from stage7_plugin.rendering.template_folder import template_folder
from tests.support.batch import tree
from tests.support.wrap_again import again, commit, edit, manifest_of, run
from tests.wrap.conftest import SOURCES


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The wrapped greeter, committed, next to its source."""
    shutil.copytree(SOURCES / "greeter", tmp_path / "greeter")
    result = run(tmp_path / "greeter", "plugin_slug=hello", "git_init=no", "-o", tmp_path)
    assert result.exit_code == 0, result.output
    commit(tmp_path / "hello")
    return tmp_path / "hello"


def source(plugin: Path, name: str) -> Path:
    return plugin.parent / "greeter" / name


def as_rendered(name: str) -> bytes:
    return (template_folder() / LANGUAGES / "python" / name).read_bytes()


def record_of(plugin: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((plugin / ".stage7-template.json").read_text("utf-8"))
    return found


def test_nothing_has_changed(plugin: Path) -> None:
    before = tree(plugin)
    assert "Nothing changes." in again(plugin)
    assert tree(plugin) == before


def test_packages_come_and_go_and_their_files_stay(plugin: Path) -> None:
    edit(source(plugin, "Dockerfile"), "apt-get install -y libmagic1", "true")
    edit(source(plugin, "requirements.txt"), "flask==3.0.0", "requests>=2.32")
    again(plugin)
    assert (plugin / "system-packages.txt").read_bytes() == as_rendered("system-packages.txt")
    lines = (plugin / "requirements.in").read_text("utf-8").splitlines()
    assert lines[-1] == "requests>=2.32"
    edit(source(plugin, "requirements.txt"), "requests>=2.32", "flask==3.0.0")
    edit(source(plugin, "Dockerfile"), "true", "apt-get install -y jq")
    again(plugin)
    assert (plugin / "requirements.in").read_bytes() == as_rendered("requirements.in")
    assert (plugin / "system-packages.txt").read_text("utf-8").splitlines()[-1] == "jq"
    assert "Nothing changes." in again(plugin)


def test_packages_of_both_are_merged(plugin: Path) -> None:
    path = plugin / "requirements.in"
    path.write_text("# Mine.\n" + path.read_text("utf-8"))
    edit(source(plugin, "requirements.txt"), "flask==3.0.0", "requests>=2.32")
    assert "requirements.in: merged with your changes" in again(plugin)
    lines = path.read_text("utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("# Mine.", "requests>=2.32")


def test_the_manifest_follows_its_source(plugin: Path) -> None:
    path = source(plugin, "manifest.json")
    edit(path, '"memory": "256m"', '"memory": "512m"')
    edit(path, '"timeout": 30000', '"timeout": 60000')
    edit(path, '"permissions": []', '"permissions": ["net.fetch"]')
    edit(path, '"environment": {}', '"environment": { "MODE": "fast", "DEPTH": "3" }')
    edit(path, '"security":', '"inputGuidance": "Name one person",\n  "security":')
    again(plugin)
    manifest = manifest_of(plugin)
    assert manifest["container"]["resources"] == {"memory": "512m", "cpu": "0.5"}
    assert manifest["container"]["environment"].items() >= {"MODE": "fast", "DEPTH": "3"}.items()
    assert manifest["api"]["timeout"] == 60000
    assert manifest["security"]["permissions"] == ["net.fetch"]
    assert manifest["inputGuidance"] == "Name one person"
    assert 'mem_limit: "512m"' in (plugin / "compose.yaml").read_text("utf-8")
    compose = (plugin / "compose.yaml").read_text("utf-8")
    edit(path, '"memory": "512m"', '"memory": "1g"')
    edit(path, '"MODE": "fast", ', "")
    edit(path, '"inputGuidance": "Name one person",\n  ', "")
    again(plugin)
    assert manifest_of(plugin)["inputGuidance"].startswith("Input who (string, required)")
    found = (plugin / "compose.yaml").read_text("utf-8")
    assert found == compose.replace('"512m"', '"1g"').replace("size=128m", "size=256m")
    environment = manifest_of(plugin)["container"]["environment"]
    assert "MODE" not in environment
    assert environment["DEPTH"] == "3"


def test_what_the_author_has_changed_in_the_manifest_stays(plugin: Path) -> None:
    path = source(plugin, "manifest.json")
    edit(path, '"environment": {}', '"environment": { "MODE": "fast" }')
    edit(path, '"security":', '"inputGuidance": "Name one person",\n  "security":')
    again(plugin)
    edit(plugin / "manifest.json", '"memory": "256m"', '"memory": "1g"')
    edit(plugin / "manifest.json", '"MODE": "fast"', '"MODE": "slow",\n      "MINE": "1"')
    edit(plugin / "manifest.json", "Name one person", "Name one or two")
    edit(path, '"memory": "256m"', '"memory": "512m"')
    edit(path, '"MODE": "fast"', '"MODE": "steady"')
    edit(path, '"inputGuidance": "Name one person",\n  ', "")
    output = again(plugin)
    for key in ("container.resources.memory", "container.environment.MODE", "inputGuidance"):
        assert f"you and the source have changed {key}; yours is kept" in output
    manifest = manifest_of(plugin)
    assert manifest["container"]["resources"]["memory"] == "1g"
    assert manifest["container"]["environment"].items() >= {"MODE": "slow", "MINE": "1"}.items()
    assert manifest["inputGuidance"] == "Name one or two"
    assert 'mem_limit: "256m"' in (plugin / "compose.yaml").read_text("utf-8")


def test_code_is_merged_and_a_conflict_is_marked(plugin: Path) -> None:
    edit(plugin / "original_logic.py", '"""Greets."""', '"""Greets, and more."""')
    edit(source(plugin, "plugin_logic.py"), "Hello,", "Hi,")
    assert "original_logic.py: merged with your changes" in again(plugin)
    text = (plugin / "original_logic.py").read_text("utf-8")
    assert '"""Greets, and more."""' in text
    assert "Hi, {who}" in text
    commit(plugin)
    edit(plugin / "original_logic.py", "Hi,", "Hey,")
    edit(source(plugin, "plugin_logic.py"), "Hi,", "Ahoy,")
    assert "Resolve the conflicts that are marked in original_logic.py" in again(plugin, status=1)
    text = (plugin / "original_logic.py").read_text("utf-8")
    assert text.index("<<<<<<< yours") < text.index("Hey,") < text.index("Ahoy,")


def test_new_code_is_left_alone_by_lint_and_tidied_code_stays_checked(plugin: Path) -> None:
    source(plugin, "helper.py").write_text("LOUD=1\n")
    again(plugin)
    assert (plugin / "pyproject.toml").read_text("utf-8").count('"helper.py"') == 1
    edit(plugin / "pyproject.toml", '  "helper.py",\n', "")
    source(plugin, "more.py").write_text("LOUD=1\n")
    again(plugin)
    text = (plugin / "pyproject.toml").read_text("utf-8")
    assert '  "more.py",' in text
    assert '"helper.py"' not in text


def test_what_can_be_executed_can_be_executed_in_the_plugin(plugin: Path) -> None:
    tool = source(plugin, "tool.sh")
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    again(plugin)
    assert (plugin / "tool.sh").stat().st_mode & 0o111
    result = run(source(plugin, ""), "plugin_slug=anew", "git_init=no", "-o", plugin.parent)
    assert result.exit_code == 0, result.output
    assert (plugin.parent / "anew" / "tool.sh").stat().st_mode & 0o111


def test_code_that_takes_plain_values_now_needs_no_adapter(plugin: Path) -> None:
    edit(source(plugin, "plugin_logic.py"), 'inputs.get("who", {}).get("value")', 'inputs["who"]')
    again(plugin)
    assert not (plugin / "original_logic.py").exists()
    logic = (plugin / "plugin_logic.py").read_bytes()
    assert logic == source(plugin, "plugin_logic.py").read_bytes()


def test_a_record_that_was_edited_is_refused(plugin: Path) -> None:
    edit(plugin / ".stage7-template.json", '"files": {', '"texts": {"a": "b"},\n    "files": {')
    before = tree(plugin)
    assert "does not say what the plugin was wrapped from" in again(plugin, status=1)
    assert tree(plugin) == before


def test_a_plugin_of_before_that_record_keeps_its_manifest(plugin: Path) -> None:
    record = record_of(plugin)
    del record["wrapped"]["manifest"]
    (plugin / ".stage7-template.json").write_text(json.dumps(record))
    edit(source(plugin, "manifest.json"), '"memory": "256m"', '"memory": "512m"')
    again(plugin)
    assert manifest_of(plugin)["container"]["resources"]["memory"] == "256m"
