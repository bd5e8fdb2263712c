"""The example plugins pass the checks that they were generated with, and do real work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.example_plugins import EXAMPLES, WITH_PACKAGES, make_example
from tests.support.plugin_life import AUTHORS
from tests.support.template import TEMPLATE


def test_there_are_examples() -> None:
    assert EXAMPLES == [
        "bootstrap-interval",
        "document-inspector",
        "text-statistics",
        "unit-converter",
        "weather-report",
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_its_files_are_the_authors(name: str) -> None:
    """Nothing that an update of the template brings is edited."""
    overlay = TEMPLATE / "examples" / name / "overlay"
    rendered = TEMPLATE / "examples" / "rendered" / "text-echo"
    of_template = {p.relative_to(rendered).as_posix() for p in rendered.rglob("*") if p.is_file()}
    own = {path.relative_to(overlay).as_posix() for path in overlay.rglob("*") if path.is_file()}
    assert own & of_template <= set(AUTHORS)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in WITH_PACKAGES])
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
