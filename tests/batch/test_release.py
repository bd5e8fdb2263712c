"""`batch --release`: versions and changelogs of many plugins move, whole or not at all."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.batch.release import next_version, reached
from tests.support.batch import batch, numbered, tree, write_fleet

TODAY = datetime.datetime.now(tz=datetime.timezone.utc).date()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(3), kubernetes="yes")).status == 0
    return tmp_path / "out"


def manifest(project: Path) -> dict[str, Any]:
    found = json.loads((project / "manifest.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_all_places_of_many_plugins_move_and_nothing_is_outdated_then(
    tmp_path: Path, out: Path
) -> None:
    logic = out / "plugin-1" / "plugin_logic.py"
    logic.write_text("def execute_plugin(inputs, context): ...\n")
    edited = out / "plugin-2" / "manifest.json"
    edited.write_text(edited.read_text("utf-8").replace('"256m"', '"384m"'), "utf-8")
    result = batch(tmp_path, "fleet.json", "--release", "minor")
    assert result.status == 0, result.output
    assert "3 released" in result.output
    for number in (1, 2, 3):
        project = out / f"plugin-{number}"
        image = f"stage7/plugin-{number}:1.1.0"
        assert manifest(project)["version"] == "1.1.0"
        assert manifest(project)["container"]["image"] == image
        for name in ("Dockerfile", "compose.yaml", "kubernetes.yaml"):
            text = (project / name).read_text("utf-8")
            assert "1.1.0" in text, name
            assert "1.0.0" not in text, name
        changelog = (project / "CHANGELOG.md").read_text("utf-8")
        assert f"## Unreleased\n\n## 1.1.0 - {TODAY}\n\n### Added\n\n- The plugin: " in changelog
    assert manifest(out / "plugin-2")["container"]["resources"]["memory"] == "384m"
    assert logic.read_text() == "def execute_plugin(inputs, context): ...\n"
    listed = json.loads((out / "index.json").read_text("utf-8"))["plugins"]
    assert {plugin["version"] for plugin in listed} == {"1.1.0"}
    for option in ((), ("--update",)):
        assert "3 unchanged" in batch(tmp_path, "fleet.json", *option).output
    assert manifest(out / "plugin-1")["version"] == "1.1.0", "the file says 1.0.0"


def test_only_some_with_a_note_for_their_changelogs(tmp_path: Path, out: Path) -> None:
    assert batch(tmp_path, "fleet.json", "--release", "patch").status == 0
    chosen = ("--only", "plugin-1", "--only", "plugin-3")
    before = tree(out / "plugin-1")
    result = batch(tmp_path, "fleet.json", "--release", "major", *chosen)
    assert result.status == 1
    assert "nothing is under `## Unreleased` in CHANGELOG.md" in result.output
    assert tree(out / "plugin-1") == before
    note = ("--note", "requests 2.32 fixes CVE-2024-35195")
    result = batch(tmp_path, "fleet.json", "--release", "major", *chosen, *note)
    assert (result.status, "2 released" in result.output) == (0, True), result.output
    changelog = (out / "plugin-3" / "CHANGELOG.md").read_text("utf-8")
    assert changelog.count("## Unreleased") == 1
    newest = changelog.split("## Unreleased\n")[1]
    assert newest.startswith(
        f"\n## 2.0.0 - {TODAY}\n\n- requests 2.32 fixes CVE-2024-35195\n\n## 1.0.1 - {TODAY}\n"
    )
    assert manifest(out / "plugin-2")["version"] == "1.0.1"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: (p / "CHANGELOG.md").unlink(), "there is no CHANGELOG.md"),
        (lambda p: (p / "CHANGELOG.md").write_text("# Changes\n"), "has no line `## Unreleased`"),
        (
            lambda p: [(p / "host-image").mkdir(), (p / "host-image" / "Dockerfile").touch()],
            "make release VERSION=1.0.1 PUSH=image",
        ),
    ],
)
def test_what_cannot_be_released_stays_as_it_is(
    tmp_path: Path, out: Path, change: Any, said: str
) -> None:
    change(out / "plugin-2")
    before = tree(out / "plugin-2")
    result = batch(tmp_path, "fleet.json", "--release", "patch")
    assert result.status == 1
    assert said in result.output
    assert "2 released" in result.output
    assert tree(out / "plugin-2") == before


def test_a_plugin_that_is_not_there_yet(tmp_path: Path) -> None:
    result = batch(tmp_path, write_fleet(tmp_path, *numbered(1)), "--release", "patch")
    assert result.status == 1
    assert "does not exist yet" in result.output
    assert not (tmp_path / "out" / "plugin-1").exists()


def test_a_version_that_make_release_has_moved_is_kept(tmp_path: Path, out: Path) -> None:
    for name in ("manifest.json", "Dockerfile", "compose.yaml", "kubernetes.yaml"):
        path = out / "plugin-1" / name
        path.write_text(path.read_text("utf-8").replace("1.0.0", "1.4.0"), "utf-8")
    before = tree(out / "plugin-1")
    result = batch(tmp_path, "fleet.json", "--update")
    assert result.status == 0, result.output
    after = tree(out / "plugin-1")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {".stage7-template.json"}, "the record of the answers"
    assert "3 unchanged" in batch(tmp_path, "fleet.json").output


def test_a_higher_version_in_the_file_wins(tmp_path: Path, out: Path) -> None:
    assert batch(tmp_path, "fleet.json", "--release", "patch").status == 0
    file = write_fleet(tmp_path, {**numbered(1)[0], "version": "3.0.0"}, kubernetes="yes")
    assert batch(tmp_path, file, "--update").status == 0
    assert "PLUGIN_VERSION=3.0.0" in (out / "plugin-1" / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize(
    ("part", "version"), [("patch", "1.9.4"), ("minor", "1.10.0"), ("major", "2.0.0")]
)
def test_the_next_version(part: str, version: str) -> None:
    assert next_version("1.9.3", part) == version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('{"version": "1.10.0"}', "1.10.0"),
        ('{"version": "1.8.0"}', "1.9.0"),
        ('{"version": "1.10"}', "1.9.0"),
        ('{"version": 2}', "1.9.0"),
        ("[]", "1.9.0"),
        ("{", "1.9.0"),
    ],
)
def test_the_version_that_counts(tmp_path: Path, text: str, version: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert reached(tmp_path, "1.9.0") == version


def test_a_note_needs_a_release(tmp_path: Path, out: Path) -> None:
    result = batch(tmp_path, "fleet.json", "--note", "x")
    assert result.status == 2
    assert "--note is for --release" in result.output
