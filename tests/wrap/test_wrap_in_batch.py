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
        ({"wrap": "../slugs.py:slugify"}, ["wrap", "must be inside of the batch file's folder"]),
        ({"wrap": "/etc/passwd"}, ["must be inside of the batch file's folder"]),
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
