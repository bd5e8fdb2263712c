"""Plugins that leave a batch file, or get another slug in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.batch.output_folder import OutputFolder
from tests.support.batch import Run, batch_here, plugins_in, tree, write_fleet

TWO = ({"plugin_name": "One"}, {"plugin_name": "Two"})
NEW = {"plugin_name": "Better", "renamed_from": "two"}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    write_fleet(tmp_path, *TWO)
    assert run(tmp_path).status == 0
    return tmp_path


def run(folder: Path, *arguments: object) -> Run:
    return batch_here(folder / "fleet.json", "-o", folder / "out", *arguments)


def ports(folder: Path) -> dict[str, int]:
    plugins = json.loads((folder / "out" / "index.json").read_text())["plugins"]
    return {plugin["folder"]: plugin["port"] for plugin in plugins}


def test_a_plugin_that_left_the_file_is_listed_and_stays(made: Path) -> None:
    before = tree(made / "out" / "two")
    write_fleet(made, TWO[0])
    for option in ("--quiet", "--update", "--force"):
        result = run(made, option)
        assert result.status == 0
        assert ("  two: no longer in the batch file; " in result.output) == (option != "--quiet")
        assert tree(made / "out" / "two") == before
    assert ports(made) == {"one": 20000}
    write_fleet(made, *TWO)
    assert "2 unchanged" in run(made).output, "it is known again"


@pytest.mark.parametrize("option", [(), ("--update",)])
def test_a_rename_moves_folder_record_and_port(made: Path, option: tuple[str, ...]) -> None:
    old = made / "out" / "two"
    (old / "plugin_logic.py").write_text("# mine\n")
    (old / "notes.txt").write_text("mine")
    (old / "server.py").write_text((old / "server.py").read_text() + "# mine\n")
    write_fleet(made, NEW, *TWO[:1])
    result = run(made, *option)
    assert result.status == 0, result.output
    assert "better: moved from two; " in result.output
    assert plugins_in(made / "out") == ["better", "one"]
    new = made / "out" / "better"
    assert json.loads((new / "manifest.json").read_text())["id"] == "better"
    assert (new / "plugin_logic.py").read_text() == "# mine\n"
    assert (new / "notes.txt").read_text() == "mine"
    assert (new / "server.py").read_text().endswith("# mine\n")
    assert ports(made) == {"better": 20001, "one": 20000}
    records = OutputFolder(made / "out").records
    assert sorted(path.name for path in records.iterdir()) == ["better.json", "one.json"]
    assert {path.name for path in (made / "out" / "compose_env").iterdir()} == {
        "better.env",
        "one.env",
    }
    again = run(made, *option)
    assert "2 unchanged" in again.output
    assert "no longer" not in again.output


def test_a_rename_that_was_interrupted_goes_on(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and after each of its moves: nothing is made anew, and the port stays."""
    write_fleet(made, *TWO[:1], NEW)
    moves = 0
    originals: dict[str, Callable[..., Any]] = {
        name: getattr(Path, name) for name in ("rename", "replace", "unlink")
    }
    for stop in range(40):
        count = iter(range(1000))

        def counted(name: str) -> Callable[..., Any]:
            def moved(self: Path, *arguments: Any, **more: Any) -> Any:
                if next(count) == stop:  # noqa: B023
                    raise KeyboardInterrupt
                return originals[name](self, *arguments, **more)

            return moved

        with monkeypatch.context() as patched:
            for name in originals:
                patched.setattr(Path, name, counted(name))
            status = run(made).status
        moves += 1
        if status == 0:
            break
        assert status == 130
    assert status == 0
    assert moves > 3
    assert plugins_in(made / "out") == ["better", "one"]
    assert run(made, "--update").status == 0
    assert ports(made) == {"one": 20000, "better": 20001}


def test_a_new_folder_needs_no_old_one(tmp_path: Path) -> None:
    write_fleet(tmp_path, NEW)
    assert run(tmp_path).status == 0
    assert plugins_in(tmp_path / "out") == ["better"]


def test_a_plugin_of_another_file_does_not_move(made: Path) -> None:
    other = made / "other.json"
    other.write_text(json.dumps({"plugins": [NEW]}))
    assert batch_here(other, "-o", made / "out").status == 0
    assert plugins_in(made / "out") == ["better", "one", "two"]


@pytest.mark.parametrize(
    ("plugins", "rule"),
    [
        ([{**NEW, "renamed_from": "../x"}], "renamed_from: '../x'"),
        ([{**NEW, "renamed_from": ["two"]}], "renamed_from: ['two']"),
        ([{**NEW, "renamed_from": "better"}], "must be a slug that no other plugin has or had"),
        ([*TWO, NEW], "must be a slug that no other plugin has or had; see line 9"),
        ([NEW, {**NEW, "plugin_name": "Best"}], "must be a slug that no other plugin has or had"),
    ],
)
def test_a_name_that_it_cannot_have_had_is_refused(
    tmp_path: Path, plugins: list[dict[str, Any]], rule: str
) -> None:
    write_fleet(tmp_path, *plugins)
    result = run(tmp_path)
    assert result.status == 1
    assert rule in result.output
    assert not (tmp_path / "out").exists()


def test_it_is_no_default(tmp_path: Path) -> None:
    write_fleet(tmp_path, *TWO, renamed_from="old")
    assert "must be a key of one plugin, not a default" in run(tmp_path).output
