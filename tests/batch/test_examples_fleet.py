"""The example fleet: varied, accepted, and its written plugins do their work."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.batch.reading import read_fleet
from tests.support.batch import batch
from tests.support.template import TEMPLATE

FILE = TEMPLATE / "examples" / "fleet.yaml"
WRITTEN = ("csv-to-records", "merge-objects", "number-summary")

Execute = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    result = batch(folder, FILE)
    assert result.status == 0, result.output
    assert "make lock" not in result.output
    return folder / "out"


def definitions(fleet: Path) -> list[dict[str, Any]]:
    manifests = [json.loads(path.read_text("utf-8")) for path in fleet.glob("*/manifest.json")]
    return [
        definition
        for manifest in manifests
        for key in ("inputDefinitions", "outputDefinitions")
        for definition in manifest[key]
    ]


def test_it_is_varied(fleet: Path) -> None:
    assert len(read_fleet(str(FILE)).plugins) >= 12
    for key in ("inputDefinitions", "outputDefinitions"):
        kinds = {
            definition["type"]
            for path in fleet.glob("*/manifest.json")
            for definition in json.loads(path.read_text("utf-8"))[key]
        }
        assert kinds == {"string", "number", "boolean", "array", "object", "any"}
    for definition in definitions(fleet):
        assert " " in definition["description"], "described by a person"


@pytest.mark.parametrize("name", WRITTEN)
def test_a_written_plugin_passes_its_own_checks(fleet: Path, name: str) -> None:
    for command in (
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["mypy", "."],
        ["pytest", "-p", "no:xdist", "-m", "not engine"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=fleet / name, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_locked_plugin_passes_the_check_of_its_lock(fleet: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "tests/test_requirements.py"]
    done = subprocess.run(command, cwd=fleet / "ticket-classifier", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def logic(name: str) -> Execute:
    path = FILE.parent / "fleet" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    execute: Execute = module.execute_plugin
    return execute


def outputs(name: str, **inputs: Any) -> Any:
    answer = logic(name)(inputs, {})
    assert answer["success"] is True, answer
    return answer["outputs"]


def error(name: str, **inputs: Any) -> str:
    answer = logic(name)(inputs, {})
    assert answer["success"] is False
    return str(answer["error"])


def test_csv_to_records() -> None:
    text = 'a,b\r\n1,"x, ""y""\nz"\r\n\r\n2\r\n'
    assert outputs("csv_to_records", text=text, delimiter=",", has_header=True) == {
        "records": [{"a": "1", "b": 'x, "y"\nz'}, {"a": "2"}],
        "columns": ["a", "b"],
        "count": 2,
    }
    found = outputs("csv_to_records", text="1;2\n3\n", delimiter=";", has_header=False)
    assert found["records"] == [{"column_1": "1", "column_2": "2"}, {"column_1": "3"}]
    for text, delimiter, words in (
        ("a\n", ",,", "one character"),
        ("", ",", "has no rows"),
        ("a,a\n", ",", "occurs twice"),
        ("a\n1,2\n", ",", "row 1 has 2 cells"),
        ('a\n"1', ",", "not valid CSV"),
    ):
        assert words in error("csv_to_records", text=text, delimiter=delimiter, has_header=True)


@pytest.mark.parametrize(
    ("base", "patch", "merged"),
    [  # from appendix A of RFC 7396
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_objects(base: Any, patch: Any, merged: Any) -> None:
    assert outputs("merge_objects", base=base, patch=patch, keep_nulls=False)["merged"] == merged


def test_merge_objects_tells_what_changed() -> None:
    base = {"a": {"b": 1, "c": 2}, "d": 1}
    patch = {"a": {"b": 1, "c": 3}, "d": True, "e": {"f": 1}, "g": None}
    found = outputs("merge_objects", base=base, patch=patch, keep_nulls=False)
    assert found["changed"] == ["/a/c", "/d", "/e"]
    assert base == {"a": {"b": 1, "c": 2}, "d": 1}, "the input is left alone"
    assert outputs("merge_objects", base={}, patch={"a": None}, keep_nulls=True)["merged"] == {
        "a": None
    }
    assert outputs("merge_objects", base=base, patch={}, keep_nulls=False)["identical"] is True


def test_number_summary() -> None:
    found = outputs("number_summary", numbers=[1, 2, 3, 4, 100], fence=1.5)
    assert found["outliers"] == [100]
    assert found["summary"]["median"] == 3
    assert found["summary"]["sum"] == 110
    assert "numbers[1] must be a number" in error("number_summary", numbers=[1, True], fence=1)
    assert "at least 2" in error("number_summary", numbers=[1], fence=1)
    assert "fence" in error("number_summary", numbers=[1, 2], fence=-1)
