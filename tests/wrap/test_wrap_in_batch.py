"""The batch key `wrap`: sources become plugins, move on, and keep an author's edits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.batch import batch_here, write_fleet

SOURCES = Path(__file__).parent / "sources"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A batch file that wraps a function next to it."""
    shutil.copy(SOURCES / "slugs.py", tmp_path)
    return write_fleet(tmp_path, {"wrap": "slugs.py:slugify", "memory": "64m"})


def run(fleet: Path, *arguments: str) -> str:
    result = batch_here(fleet, "--output-dir", fleet.parent / "out", *arguments)
    assert result.status == 0, result.output
    return result.output


def test_a_source_becomes_a_plugin(fleet: Path) -> None:
    run(fleet)
    folder = fleet.parent / "out" / "slugify"
    assert (folder / "wrapped" / "slugs.py").read_bytes() == (SOURCES / "slugs.py").read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["container"]["resources"]["memory"] == "64m"
    assert [one["name"] for one in manifest["inputDefinitions"]] == ["text", "separator", "lower"]
    wrapped = json.loads((folder / ".stage7-template.json").read_text("utf-8"))["wrapped"]
    assert wrapped["source"] == "../../slugs.py:slugify"
    assert "unchanged" in run(fleet, "--update")


def test_a_source_moves_on_and_edits_stay(fleet: Path) -> None:
    run(fleet)
    folder = fleet.parent / "out" / "slugify"
    for path in ("plugin_logic.py", "wrapped/slugs.py"):
        with (folder / path).open("a") as file:
            file.write("# mine\n")
    source = fleet.parent / "slugs.py"
    changed = source.read_text().replace("Names that fit", "Names which fit")
    source.write_text(changed)
    assert "outdated by the file" in run(fleet)
    output = run(fleet, "--update")
    assert "merged with your edits: wrapped/slugs.py" in output
    assert (folder / "wrapped" / "slugs.py").read_text() == changed + "# mine\n"
    assert (folder / "plugin_logic.py").read_text().endswith("# mine\n")


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        ({"wrap": "../slugs.py:slugify"}, ["wrap", "must be inside the batch file's folder"]),
        ({"wrap": "/etc/passwd"}, ["must be inside the batch file's folder"]),
        ({"wrap": ["slugs.py"]}, ["must be the place of code that exists"]),
        ({"wrap": "slugs.py:slug"}, ["no function slug", "expected: one of slugify"]),
        ({"wrap": "slugs.py:slugify", "inputs": "a:string"}, ["the inputs come from wrap"]),
        ({"wrap": "slugs.py:slugify", "logic": "slugs.py"}, ["the logic come from wrap"]),
        ({"wrap": "slugs.py:slugify", "version": "1"}, ["MAJOR.MINOR.PATCH"]),
    ],
)
def test_what_is_wrong_is_named(fleet: Path, plugin: dict[str, object], words: list[str]) -> None:
    write_fleet(fleet.parent, plugin)
    result = batch_here(fleet, "--output-dir", fleet.parent / "out")
    assert result.status == 1
    for said in words:
        assert said in result.output
    assert not (fleet.parent / "out").exists()


def test_it_is_no_default(fleet: Path) -> None:
    write_fleet(fleet.parent, {"plugin_name": "One"}, wrap="slugs.py:slugify")
    result = batch_here(fleet, "--output-dir", fleet.parent / "out")
    assert result.status == 1
    assert "must be a key of one plugin, not a default" in result.output


@pytest.fixture
def greeters(tmp_path: Path) -> Path:
    """A batch file that wraps a container plugin made by hand, in a folder next to it."""
    shutil.copytree(SOURCES / "greeter", tmp_path / "greeter")
    tool = tmp_path / "greeter" / "tool.sh"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    return write_fleet(tmp_path, {"wrap": "greeter", "memory": "64m"})


def test_a_container_plugin_becomes_one_moves_on_and_keeps_edits(greeters: Path) -> None:
    assert "USER" not in run(greeters)
    folder, source = greeters.parent / "out" / "greeter", greeters.parent / "greeter"
    assert (folder / "tool.sh").stat().st_mode & 0o111
    packages = folder / "system-packages.txt"
    assert packages.read_text("utf-8").splitlines()[-1] == "libmagic1"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["container"]["resources"]["memory"] == "64m"
    assert "unchanged" in run(greeters, "--update")

    logic = folder / "original_logic.py"
    logic.write_text(logic.read_text("utf-8").replace("Greets.", "Greets, mine."))
    text = (source / "plugin_logic.py").read_text("utf-8").replace("Hello,", "Hi,")
    (source / "plugin_logic.py").write_text(text)
    (source / "helper.py").write_text("LOUD=1\n")
    dockerfile = (source / "Dockerfile").read_text("utf-8").replace("libmagic1", "jq")
    (source / "Dockerfile").write_text(dockerfile + "USER app\n")
    assert "outdated by the file" in run(greeters)
    output = run(greeters, "--update")
    assert "USER app: the plugin runs as the user 10001" in output
    assert logic.read_text("utf-8") == text.replace("Greets.", "Greets, mine.")
    assert packages.read_text("utf-8").splitlines()[-1] == "jq"
    assert '  "helper.py",\n' in (folder / "pyproject.toml").read_text("utf-8")


def test_only_what_is_taken_over_counts_as_a_change(greeters: Path) -> None:
    run(greeters)
    source = greeters.parent / "greeter"
    with (source / "Dockerfile").open("a") as dockerfile:
        dockerfile.write("# a comment\nUSER app\n")
    assert "1 unchanged" in run(greeters)
    with (source / "plugin_logic.py").open("a") as logic:
        logic.write("# a comment\n")
    assert "outdated by the file" in run(greeters)


def test_edits_of_both_in_a_container_plugin_are_a_conflict(greeters: Path) -> None:
    run(greeters)
    folder, source = greeters.parent / "out" / "greeter", greeters.parent / "greeter"
    for path, word in ((folder / "original_logic.py", "Hey,"), (source / "plugin_logic.py", "Hi,")):
        path.write_text(path.read_text("utf-8").replace("Hello,", word))
    result = batch_here(greeters, "--output-dir", greeters.parent / "out", "--update")
    assert result.status == 1
    assert "greeter: conflicts are marked in original_logic.py; resolve them" in result.output
    text = (folder / "original_logic.py").read_text("utf-8")
    assert text.index("<<<<<<< yours") < text.index("Hey,") < text.index("Hi,")
