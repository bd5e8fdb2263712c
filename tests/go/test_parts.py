"""The parts of the Go server: their own tests, their format, the races."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import go


def run_tests_of_the_parts(folder: Path, *options: str) -> str:
    """Run the Go tests of the server's parts; return what they say."""
    go.sources(folder)
    for test in (go.TESTS / "runtime").glob("*_test.go"):
        (folder / "plugin_runtime" / test.name).write_bytes(test.read_bytes())
    variables = [f"TABLES={go.REPOSITORY / 'tests' / 'cases'}"]
    variables += ["CGO_ENABLED=1"] * ("-race" in options)
    done = go.run(folder, "go", "test", *options, "./plugin_runtime", variables=variables)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_parts_of_the_server_do_what_they_promise(tmp_path: Path) -> None:
    said = run_tests_of_the_parts(tmp_path, "-v")
    assert said.count("--- PASS: Test") >= 20, "some were passed over"


@pytest.mark.slow  # the standard library is compiled once more for it
def test_the_parts_of_the_server_race_for_nothing(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("go test -race needs gcc")
    run_tests_of_the_parts(tmp_path, "-race")


def test_the_sources_are_formatted_and_vetted(tmp_path: Path) -> None:
    assert go.run(go.SOURCES, "gofmt", "-l", ".", str(go.TESTS)).stdout == ""
    go.sources(tmp_path)
    done = go.run(tmp_path, "go", "vet", "./plugin_runtime")
    assert done.returncode == 0, done.stdout
