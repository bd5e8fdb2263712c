"""A second run leaves what the author has edited, and is not moved by who runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stage7_plugin.batch.authors_files import AUTHORS, IN_EVERY_LANGUAGE
from stage7_plugin.spec.languages import LANGUAGES
from tests.support.batch import batch, numbered, tree, write_fleet
from tests.support.template import TEMPLATE

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LOGIC = "def execute_plugin(inputs, context):\n    return {'success': True, 'outputs': {}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The plugin plugin-1 of fleet.json, made by a first run."""
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(1))).status == 0
    return tmp_path / "out" / "plugin-1"


def change_the_file(folder: Path) -> None:
    """Such that every rendered file that names the author or the memory changes."""
    write_fleet(folder, *numbered(1), author="Grace Hopper", memory="512m")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_authors_files_are_those_that_cruft_leaves(language: str) -> None:
    source = TEMPLATE / "languages" / language / "pyproject.toml"
    skipped = tomllib.loads(source.read_text("utf-8"))["tool"]["cruft"]["skip"]
    ours = LANGUAGES[language]
    assert sorted(skipped) == sorted([ours.logic, *IN_EVERY_LANGUAGE, *ours.authors])
    assert set(skipped) <= set(AUTHORS)


@pytest.mark.parametrize("option", ["--update", "--force"])
def test_edited_files_stay_and_the_rest_follows(tmp_path: Path, project: Path, option: str) -> None:
    edited = [path for path in AUTHORS if path != "manifest.json"]
    for path in edited:
        (project / path).write_text("{}\n")
        (project / path).chmod(0o640)
    change_the_file(tmp_path)
    result = batch(tmp_path, "fleet.json", option)
    assert result.status == 0, result.output
    assert f"left alone, because you edited them: {', '.join(edited)}\n" in result.output
    for path in edited:
        assert (project / path).read_text() == "{}\n"
        assert (project / path).stat().st_mode & 0o777 == 0o640
    assert "512m" in (project / "compose.yaml").read_text()
    manifest = json.loads((project / "manifest.json").read_text())
    assert manifest["author"] == "Grace Hopper", "not edited, so it is rendered again"
    before = tree(project)
    result = batch(tmp_path, "fleet.json", option)
    assert "1 unchanged" in result.output, "the edits alone make nothing outdated"
    assert tree(project) == before


@pytest.mark.parametrize("option", ["--update", "--force"])
def test_a_deleted_or_linked_file_stays_so(tmp_path: Path, project: Path, option: str) -> None:
    (project / "CHANGELOG.md").unlink()
    (project / "plugin_logic.py").rename(project / "mine.py")
    (project / "plugin_logic.py").symlink_to("mine.py")
    for memory in ("512m", "1g"):
        write_fleet(tmp_path, *numbered(1), memory=memory)
        result = batch(tmp_path, "fleet.json", option)
        assert result.status == 0, result.output
        assert "left alone, because you edited them: plugin_logic.py, CHANGELOG.md" in result.output
        assert not (project / "CHANGELOG.md").exists()
        assert (project / "plugin_logic.py").readlink() == Path("mine.py")
        assert memory in (project / "compose.yaml").read_text()


def test_what_only_the_file_changed_is_followed(tmp_path: Path, project: Path) -> None:
    (tmp_path / "logic.py").write_text(LOGIC)
    write_fleet(tmp_path, {"plugin_name": "Plugin 1", "logic": "logic.py"})
    result = batch(tmp_path, "fleet.json", "--update")
    assert result.output.count("left alone") == 0
    assert (project / "plugin_logic.py").read_text() == LOGIC


def test_without_its_record_an_edited_plugin_is_left(tmp_path: Path, project: Path) -> None:
    """Also with --force, which renders the template's files again and no author's file."""
    (tmp_path / "out" / ".stage7-batch").rename(tmp_path / "lost")
    (project / "plugin_logic.py").write_text(LOGIC)
    (project / "server.py").write_text("# mine\n")
    before = tree(project)
    for arguments in ((), ("--update",)):
        assert batch(tmp_path, "fleet.json", *arguments).status != 0
        assert tree(project) == before
    result = batch(tmp_path, "fleet.json", "--force")
    assert result.status == 0, result.output
    assert "left alone, because you edited them: plugin_logic.py; " in result.output
    assert "overwritten: server.py; kept in " in result.output
    aside = tmp_path / "out" / ".stage7-batch" / "overwritten" / "plugin-1-1"
    assert tree(aside).keys() == {"server.py"}
    assert (aside / "server.py").read_text() == "# mine\n"
    assert (project / "plugin_logic.py").read_text() == LOGIC
    assert "plugin_runtime" in (project / "server.py").read_text()
    (tmp_path / "fleet.json").write_text((tmp_path / "fleet.json").read_text().replace("Ada", "Al"))
    assert batch(tmp_path, "fleet.json", "--update").status == 0
    assert (project / "plugin_logic.py").read_text() == LOGIC


@pytest.mark.parametrize(
    ("path", "kind"), [("plugin_logic.py", "folder"), ("examples/request.json", "fifo")]
)
def test_what_is_no_file_is_refused(tmp_path: Path, project: Path, path: str, kind: str) -> None:
    (project / path).unlink()
    if kind == "folder":
        (project / path).mkdir()
    else:
        os.mkfifo(project / path)
    change_the_file(tmp_path)
    result = batch(tmp_path, "fleet.json", "--force")
    assert result.status == 1
    assert f"{project / path} is " in result.output
    assert "move it away" in result.output
    assert os.path.lexists(project / path)


def test_a_default_author_does_not_make_a_fleet_outdated(tmp_path: Path) -> None:
    """The default comes from the git configuration of the user who runs it."""
    (tmp_path / "home").mkdir()
    configuration = tmp_path / "home" / "gitconfig"
    plugins = tmp_path / "fleet.yaml"
    plugins.write_text("plugins: [{plugin_name: One}, {plugin_name: Two, author: Cy}]\n")

    def authors() -> list[str]:
        folders = (tmp_path / "out" / name for name in ("one", "two"))
        return [json.loads((f / "manifest.json").read_text())["author"] for f in folders]

    configuration.write_text("[user]\nname = Ada\n")
    assert batch(tmp_path, plugins).status == 0
    configuration.write_text("[user]\nname = Bea\n")
    assert "2 unchanged" in batch(tmp_path, plugins).output
    assert "2 unchanged" in batch(tmp_path, plugins, "--update").output
    plugins.write_text(plugins.read_text().replace("One", "One, memory: 1g"))
    assert "1 unchanged, 1 updated" in batch(tmp_path, plugins, "--update").output
    assert authors() == ["Ada", "Cy"]
    plugins.write_text(plugins.read_text().replace("One,", "One, author: Dee,"))
    assert "1 outdated" in batch(tmp_path, plugins).output
    assert batch(tmp_path, plugins, "--update").status == 0
    assert authors() == ["Dee", "Cy"]


def test_a_commit_of_the_authors_survives(tmp_path: Path, project: Path) -> None:
    git = ["git", "-C", str(project), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    (project / "plugin_logic.py").write_text(LOGIC)
    change_the_file(tmp_path)
    assert batch(tmp_path, "fleet.json", "--update").status == 0
    changed = subprocess.check_output([*git, "diff", "--name-only"], text=True).split()
    assert {"plugin_logic.py", "manifest.json", "compose.yaml"} <= set(changed)
