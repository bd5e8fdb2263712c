"""The example plugins pass the checks that they were generated with, and do real work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stage7_plugin.batch.authors_files import AUTHORS
from stage7_plugin.spec.languages import LANGUAGES
from tests.support.example_plugins import (
    EXAMPLES,
    WITH_CASES,
    WITH_PACKAGES,
    make_example,
    own_files,
    written_in,
)
from tools.render_example import FOLDER, NAMES


def test_there_are_examples() -> None:
    in_every_language = ("text-statistics", "unit-converter")
    in_python = ("bootstrap-interval", "document-inspector", "weather-report")
    assert sorted(EXAMPLES) == sorted(
        [(name, language) for name in in_every_language for language in LANGUAGES]
        + [(name, "python") for name in in_python]
    )
    assert tuple(WITH_CASES) == in_every_language


@pytest.mark.parametrize(("name", "language"), EXAMPLES)
def test_its_files_are_the_authors(name: str, language: str) -> None:
    """Nothing that an update of the template brings is edited."""
    rendered = FOLDER / NAMES[language]
    of_template = {p.relative_to(rendered).as_posix() for p in rendered.rglob("*") if p.is_file()}
    own = own_files(name, language)
    assert own.keys() & of_template <= set(AUTHORS)
    assert LANGUAGES[language].logic in own


@pytest.mark.parametrize(
    "name", [name for name in written_in("python") if name not in WITH_PACKAGES]
)
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
