"""Several batch files and one folder: together one fleet, and none takes from another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.batch import Run, batch_here, plugins_in, tree


def write(folder: Path, name: str, *plugins: str, **values: object) -> Path:
    path = folder / f"{name}.json"
    listed = [{"plugin_name": plugin, **values} for plugin in plugins]
    path.write_text(json.dumps({"defaults": {"author": "Ada"}, "plugins": listed}))
    return path


def run(folder: Path, *arguments: object) -> Run:
    return batch_here(*arguments, "-o", folder / "out")


def indexed(folder: Path) -> dict[str, int]:
    plugins = json.loads((folder / "out" / "index.json").read_text())["plugins"]
    return {plugin["folder"]: plugin["port"] for plugin in plugins}


def test_a_second_file_shrinks_nothing(tmp_path: Path) -> None:
    first = write(tmp_path, "first", "One", "Two", kubernetes="yes")
    second = write(tmp_path, "second", "Three", "Four", kubernetes="yes")
    for file in (first, second, first):
        result = run(tmp_path, file)
        assert result.status == 0, result.output
        assert "no longer" not in result.output
    assert indexed(tmp_path) == {"one": 20000, "two": 20001, "three": 20002, "four": 20003}
    for name in ("compose.yaml", "kustomization.yaml", "docker-bake.json"):
        text = (tmp_path / "out" / name).read_text()
        assert all(slug in text for slug in indexed(tmp_path)), name


@pytest.mark.parametrize("option", ["--update", "--force"])
def test_a_plugin_of_another_file_is_not_taken_over_unasked(tmp_path: Path, option: str) -> None:
    first = write(tmp_path, "first", "One", "Two")
    assert run(tmp_path, first).status == 0
    before = tree(tmp_path / "out" / "one")
    second = write(tmp_path, "second", "One", memory="1g")
    result = run(tmp_path, second, option)
    assert result.status == 1
    assert "one was made from ../first.json; choose another plugin_slug" in result.output
    assert tree(tmp_path / "out" / "one") == before
    write(tmp_path, "first", "Two")
    result = run(tmp_path, first, second, option)  # both are named: it has moved
    assert result.status == 0, result.output
    assert "1g" in (tmp_path / "out" / "one" / "compose.yaml").read_text()
    assert run(tmp_path, second, option).status == 0, "and it is the second file's from now on"
    assert indexed(tmp_path) == {"one": 20000, "two": 20001}


def test_a_batch_file_that_has_another_name_takes_its_plugins_with_it(tmp_path: Path) -> None:
    first = write(tmp_path, "first", "One")
    assert run(tmp_path, first).status == 0
    second = first.rename(tmp_path / "second.json")
    assert run(tmp_path, second).status == 1
    assert run(tmp_path, second, "--take-over").status == 0
    assert run(tmp_path, second).status == 0


def test_a_batch_file_may_move(tmp_path: Path) -> None:
    first = write(tmp_path, "first", "One")
    assert run(tmp_path, first).status == 0
    (tmp_path / "files").mkdir()
    moved = first.rename(tmp_path / "files" / "first.json")
    first.write_text(moved.read_text())
    assert run(tmp_path, moved).status == 1, "another one is where it was"
    first.unlink()
    assert run(tmp_path, moved).status == 0
    assert indexed(tmp_path) == {"one": 20000}


def test_names_that_appear_twice_are_refused(tmp_path: Path) -> None:
    files = write(tmp_path, "first", "One"), write(tmp_path, "second", "Two", "One")
    result = run(tmp_path, *files)
    assert result.status == 1
    assert f"1 problem in {files[1]}; nothing was written" in result.output
    assert f"  {files[1]}:1: plugin 2 (One): plugin_slug: 'one'" in result.output
    assert f"the plugin of line 1 of {files[0]} has it too" in result.output
    assert not (tmp_path / "out").exists()


def test_a_verb_of_another_files_plugin_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, write(tmp_path, "first", "One", verb="PONDER")).status == 0
    result = run(tmp_path, write(tmp_path, "second", "Two", verb="PONDER"))
    assert result.status == 2
    assert "two: its verb PONDER is that of one, which ../first.json made" in result.output
    assert plugins_in(tmp_path / "out") == ["one"]


def test_failures_and_the_report_name_the_file(tmp_path: Path) -> None:
    files = write(tmp_path, "first", "One"), write(tmp_path, "second", "Two")
    (tmp_path / "out" / "two").mkdir(parents=True)
    result = run(tmp_path, *files, "--report", tmp_path / "report.json")
    assert result.status == 1
    assert f"  {files[1]}:1: two: " in result.output
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["files"] == [str(file) for file in files]
    assert [p["file"] for p in report["rendering"]["plugins"]] == report["files"]


def test_the_ports_of_all_files_must_fit(tmp_path: Path) -> None:
    files = write(tmp_path, "first", "One"), write(tmp_path, "second", "Two")
    result = run(tmp_path, *files, "--first-port", "65535")
    assert result.status == 1
    assert "only 0 ports remain" in result.output
