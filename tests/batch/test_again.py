"""A second run: what it skips, renders again, keeps, and refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.batch import batch, numbered, tree, write_fleet


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder with the plugin plugin-1 of fleet.json."""
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(1))).status == 0
    return tmp_path


def project(folder: Path) -> Path:
    return folder / "out" / "plugin-1"


def author(folder: Path) -> str:
    return str(json.loads((project(folder) / "manifest.json").read_text())["author"])


def test_unchanged_plugins_are_skipped(made: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in project(made).rglob("*")}
    for arguments in ((), ("--update",), ("--force",)):
        result = batch(made, "fleet.json", *arguments)
        assert result.status == 0
        assert "1 unchanged" in result.output
    assert {p: p.stat().st_mtime_ns for p in project(made).rglob("*")} == before


def test_update_renders_changed_answers_again(made: Path) -> None:
    write_fleet(made, *numbered(1), author="Grace Hopper")
    result = batch(made, "fleet.json")
    assert result.status == 0
    assert "1 outdated" in result.output
    assert "--update renders it again" in result.output
    assert author(made) == "Ada Lovelace"
    assert "1 updated" in batch(made, "fleet.json", "--update").output
    assert author(made) == "Grace Hopper"
    assert "1 unchanged" in batch(made, "fleet.json").output


def test_a_persons_own_files_survive_every_rendering(made: Path) -> None:
    subprocess.run(["git", "init", "--quiet", project(made)], check=True)
    (project(made) / "notes.txt").write_text("mine")
    (project(made) / "tests" / "test_mine.py").write_text("")
    (project(made) / "data").mkdir()
    (project(made) / "data" / "words.txt").write_text("word")
    (project(made) / "link").symlink_to("data")
    write_fleet(made, *numbered(1), author="Grace Hopper")
    assert batch(made, "fleet.json", "--update").status == 0
    assert author(made) == "Grace Hopper"
    assert (project(made) / ".git" / "HEAD").exists()
    assert (project(made) / "notes.txt").read_text() == "mine"
    assert (project(made) / "tests" / "test_mine.py").exists()
    assert (project(made) / "data" / "words.txt").read_text() == "word"
    assert (project(made) / "link").is_symlink()


def test_a_plugin_in_a_folder_has_no_ci_that_no_forge_would_read(tmp_path: Path) -> None:
    asked = {"plugin_name": "Alone", "git_init": "yes"}, {"plugin_name": "Asked", "ci": "gitlab"}
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(1), *asked)).status == 0
    assert not (project(tmp_path) / ".github").exists()
    assert (tmp_path / "out" / "alone" / ".github").exists()
    assert (tmp_path / "out" / "asked" / ".gitlab-ci.yml").exists()


def test_files_that_the_template_no_longer_has_go(made: Path) -> None:
    write_fleet(made, *numbered(1), ci="github")
    assert batch(made, "fleet.json", "--update").status == 0
    assert (project(made) / ".github").exists()
    write_fleet(made, *numbered(1), ci="none")
    assert batch(made, "fleet.json", "--update").status == 0
    assert not (project(made) / ".github").exists()


def test_a_foreign_folder_is_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "plugin-1"
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("mine")
    file = write_fleet(tmp_path, *numbered(2))
    result = batch(tmp_path, file, "--update", "--report", tmp_path / "report.json")
    assert result.status == 1
    assert "this command did not create it" in result.output
    assert tree(folder).keys() == {"mine.txt"}
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["succeeded"] is False
    assert report["rendering"]["counts"] == {"created": 1, "failed": 1}
    (failed,) = (p for p in report["rendering"]["plugins"] if p["status"] == "failed")
    assert failed["plugin"] == "plugin-1"
    assert failed["line"] == 6
    assert "did not create it" in failed["message"]
    assert batch(tmp_path, file, "--force").status == 0
    assert (folder / "mine.txt").read_text() == "mine"
    assert (folder / "server.py").exists()


def test_a_file_in_the_way_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plugin-1").write_text("mine")
    result = batch(tmp_path, write_fleet(tmp_path, *numbered(1)), "--force")
    assert result.status == 1
    assert "exists and is not a folder" in result.output
    assert (tmp_path / "out" / "plugin-1").read_text() == "mine"


def test_an_output_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    result = batch(tmp_path, write_fleet(tmp_path, *numbered(1)))
    assert result.status == 2
    assert "Traceback" not in result.output


def test_git_only_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "gitconfig").write_text("[user]\nname = Ada\nemail = a@example.com\n")
    plugins = [{"plugin_name": "One", "git_init": "yes"}, {"plugin_name": "Two"}]
    result = batch(tmp_path, write_fleet(tmp_path, *plugins))
    assert "one: git: created the first commit on branch main" in result.output
    log = ["git", "-C", str(tmp_path / "out" / "one"), "log", "--oneline"]
    assert subprocess.run(log, capture_output=True, text=True).stdout.count("\n") == 1
    assert not (tmp_path / "out" / "two" / ".git").exists()
