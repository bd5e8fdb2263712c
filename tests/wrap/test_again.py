"""`stage7-plugin wrap --again`: the source has moved on, and the author's changes stay."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from tests.support.batch import tree
from tests.support.wrap_again import again, commit, edit, manifest_of, run
from tests.wrap.conftest import SOURCES

LOGIC = "plugin_logic.py"
CODE = "wrapped/slugs.py"


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A wrapped plugin that was committed, next to its source."""
    shutil.copy(SOURCES / "slugs.py", tmp_path)
    result = run(f"{tmp_path / 'slugs.py'}:slugify", "git_init=no", "-o", tmp_path)
    assert result.exit_code == 0, result.output
    folder = tmp_path / "slugify"
    commit(folder)
    return folder


def inputs_of(plugin: Path) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in manifest_of(plugin)["inputDefinitions"]}


def move_on(plugin: Path) -> None:
    """Give the function another input, another default and another line."""
    source = plugin.parent / "slugs.py"
    edit(source, 'separator: str = "-", lower: bool = True', 'separator: str = "_", most: int = 9')
    edit(source, "return name.lower() if lower else name", "return name.lower()[:most]")


def test_nothing_has_changed(plugin: Path) -> None:
    before = tree(plugin)
    assert "Nothing changes." in again(plugin)
    assert tree(plugin) == before


def test_the_plugin_follows_its_source(plugin: Path) -> None:
    move_on(plugin)
    before = tree(plugin)
    output = again(plugin, "--check")
    assert "manifest.json: would change" in output
    assert tree(plugin) == before
    again(plugin)
    assert (plugin / CODE).read_bytes() == (plugin.parent / "slugs.py").read_bytes()
    inputs = inputs_of(plugin)
    assert list(inputs) == ["text", "separator", "most"]
    assert inputs["separator"]["defaultValue"] == "_"
    assert 'most=inputs["most"]' in (plugin / LOGIC).read_text("utf-8")
    readme = (plugin / "README.md").read_text("utf-8")
    assert "| `most` | number" in readme
    assert "`lower`" not in readme
    assert "Nothing changes." in again(plugin)


def test_what_the_author_has_changed_stays(plugin: Path) -> None:
    edit(plugin / CODE, "Names that fit", "Names which fit")
    edit(plugin / LOGIC, '"""Call slugify() with the inputs."""', '"""Call it."""')
    edit(plugin / "manifest.json", '"version": "1.0.0"', '"version": "1.1.0"')
    edit(plugin / "manifest.json", '"description": "Text"', '"description": "Any text"')
    (plugin / "examples" / "request.json").unlink()
    with (plugin / "README.md").open("a") as file:
        file.write("\nMine.\n")
    move_on(plugin)
    output = again(plugin)
    assert f"{CODE}: merged with your changes" in output
    assert "examples/request.json: you removed it" in output
    code = (plugin / CODE).read_text("utf-8")
    assert "Names which fit" in code
    assert "most: int = 9" in code
    logic = (plugin / LOGIC).read_text("utf-8")
    assert '"""Call it."""' in logic
    assert 'most=inputs["most"]' in logic
    manifest = manifest_of(plugin)
    assert manifest["version"] == "1.1.0"
    assert inputs_of(plugin)["text"]["description"] == "Any text"
    assert (plugin / "README.md").read_text("utf-8").endswith("\nMine.\n")
    assert not (plugin / "examples" / "request.json").exists()


def test_an_input_of_the_authors_own_stays(plugin: Path) -> None:
    arguments = ["add", "input", "locale:string=en", "--folder", str(plugin)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    arguments = ["remove", "input", "lower", "--folder", str(plugin)]
    edit(plugin / LOGIC, '        lower=inputs["lower"],\n', "")
    assert CliRunner().invoke(main, arguments).exit_code == 0
    edit(plugin.parent / "slugs.py", 'separator: str = "-"', 'separator: str = "_"')
    again(plugin)
    inputs = inputs_of(plugin)
    assert list(inputs) == ["text", "separator", "locale"]
    assert inputs["separator"]["defaultValue"] == "_"


def test_an_input_that_both_have_changed_stays_the_authors(plugin: Path) -> None:
    edit(plugin / "manifest.json", '"defaultValue": "-"', '"defaultValue": "+"')
    edit(plugin.parent / "slugs.py", 'separator: str = "-"', 'separator: str = "_"')
    assert "you and the source have changed separator; yours is kept" in again(plugin)
    assert inputs_of(plugin)["separator"]["defaultValue"] == "+"


def test_answers_that_the_user_gave_are_not_those_of_the_source(tmp_path: Path) -> None:
    shutil.copy(SOURCES / "slugs.py", tmp_path)
    mine = "Names things as I like it"
    given = ("git_init=no", f"description={mine}", "timeout_seconds=60", "-o", tmp_path)
    assert run(f"{tmp_path / 'slugs.py'}:slugify", *given).exit_code == 0
    plugin = tmp_path / "slugify"
    before = tree(plugin)
    assert "Nothing changes." in again(plugin)
    assert tree(plugin) == before
    edit(tmp_path / "slugs.py", "Turn a text", "Bring a text")
    assert "you and the source have changed description; yours is kept" in again(plugin)
    manifest = manifest_of(plugin)
    assert (manifest["description"], manifest["api"]["timeout"]) == (mine, 60000)
    record = json.loads((plugin / ".stage7-template.json").read_text("utf-8"))
    assert record["answers"]["description"] == mine
    assert "Nothing changes." in again(plugin)


def test_conflicts_are_marked_and_named(plugin: Path) -> None:
    edit(plugin / CODE, "Turn a text", "Make a text")
    edit(plugin.parent / "slugs.py", "Turn a text", "Bring a text")
    assert f"Resolve the conflicts that are marked in {CODE}" in again(plugin, status=1)
    text = (plugin / CODE).read_text("utf-8")
    assert "<<<<<<< yours" in text
    assert ">>>>>>> source" in text


def test_files_of_the_source_come_and_go(plugin: Path) -> None:
    source = plugin.parent / "slugs.py"
    (plugin.parent / "letters.py").write_text("FOUND = 'a-z'\n")
    edit(source, "import re\n", "import re\n\nimport letters\n")
    again(plugin)
    assert (plugin / "wrapped" / "letters.py").is_file()
    edit(source, "\nimport letters\n", "")
    again(plugin)
    assert not (plugin / "wrapped" / "letters.py").exists()


def never_committed(plugin: Path) -> tuple[str, ...]:
    shutil.rmtree(plugin / ".git")
    edit(plugin / CODE, "Names that", "Names which")
    move_on(plugin)
    return ("you and the source have changed", CODE, "move your file away")


def source_gone(plugin: Path) -> tuple[str, ...]:
    (plugin.parent / "slugs.py").unlink()
    return ("../slugs.py:slugify, does not exist", "SOURCE --again")


def function_gone(plugin: Path) -> tuple[str, ...]:
    edit(plugin.parent / "slugs.py", "def slugify", "def slug")
    return ("it has no function slugify", "slugs.py:slug")


def not_wrapped(plugin: Path) -> tuple[str, ...]:
    edit(plugin / ".stage7-template.json", '"wrapped"', '"other"')
    return ("does not say what the plugin was wrapped from",)


@pytest.mark.parametrize("break_it", [never_committed, source_gone, function_gone, not_wrapped])
def test_what_cannot_be_done_changes_nothing(
    plugin: Path, break_it: Callable[[Path], tuple[str, ...]]
) -> None:
    said = break_it(plugin)
    before = tree(plugin)
    result = run("--again", plugin)
    assert result.exit_code in (1, 2)
    assert result.output.startswith("Nothing was changed: ")
    for words in said:
        assert words in result.output
    assert tree(plugin) == before


def test_a_source_that_was_moved_is_named(plugin: Path) -> None:
    moved = plugin.parent / "moved"
    moved.mkdir()
    (plugin.parent / "slugs.py").rename(moved / "slugs.py")
    edit(moved / "slugs.py", "Turn a text", "Bring a text")
    again(plugin, f"{moved / 'slugs.py'}:slugify")
    record = json.loads((plugin / ".stage7-template.json").read_text("utf-8"))["wrapped"]
    assert record["source"] == "../moved/slugs.py:slugify"
    assert manifest_of(plugin)["description"].startswith("Bring a text")
