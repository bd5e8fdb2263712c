"""The example plugins pass the checks that they were generated with, and do real work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.example_plugins import EXAMPLES, make_example


def test_there_are_examples() -> None:
    assert EXAMPLES == ["text-statistics", "unit-converter"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_passes_its_own_checks(tmp_path: Path, name: str) -> None:
    project = make_example(tmp_path, name, "git_init=no")
    for command in (
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["mypy", "."],
        ["pytest", "-p", "no:xdist", "-m", "not engine"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
