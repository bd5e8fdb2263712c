"""Functions of different style become plugins that answer as the functions do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.wrap.cases import CASES, Case
from tests.wrap.conftest import Wrapped, wrap

# What the plugin answers to the inputs on its standard input, and to its own example.
CALL = """
import json, sys
sys.path[:0] = [".", "tests"]
from plugin_call import run
example = json.load(open("examples/request.json"))["inputs"]
print(json.dumps([run(json.load(sys.stdin)), run(example)]))
"""


@pytest.fixture(scope="module")
def wrapped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Wrapped]:
    """Every case, wrapped."""
    folder = tmp_path_factory.mktemp("wrapped")
    return {case.slug: wrap(folder / case.slug, case.source) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_it_answers_as_the_function_does(case: Case, wrapped: dict[str, Wrapped]) -> None:
    folder = wrapped[case.slug].folder
    assert folder.name == case.slug
    done = subprocess.run(
        [sys.executable, "-B", "-c", CALL],
        cwd=folder,
        input=json.dumps(case.inputs),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answer, of_example = json.loads(done.stdout)
    assert answer == {"success": True, "outputs": case.outputs}, done.stderr
    assert of_example["success"], of_example


def test_what_is_written_passes_the_lint_of_a_plugin(
    wrapped: dict[str, Wrapped], tmp_path: Path
) -> None:
    """All of them at once: linters take as long to start as to check one."""
    for case in CASES:
        folder = wrapped[case.slug].folder
        copy = tmp_path / f"logic_of_{case.slug.replace('-', '_')}.py"
        shutil.copy(folder / "plugin_logic.py", copy)
        for name in ("pyproject.toml", "value_conversion.py"):
            if (folder / name).is_file():
                shutil.copy(folder / name, tmp_path)
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "."]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stdout + done.stderr
