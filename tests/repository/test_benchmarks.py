"""The benchmarks run, and what the repository shows of them comes from its results file.

Nothing is timed here: how quick something was in a test says nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.__main__ import PAGES, RESULTS
from benchmarks.goals import GOALS, Goal, evaluate
from benchmarks.samples import figure, percentile
from benchmarks.stacks import HERE, STACKS
from benchmarks.table import number
from benchmarks.workplace import Unprepared, check_tools
from tests.support.figures import check_figures

PUBLISHED = [RESULTS / report.RESULTS, RESULTS / report.STEADY]


def check_form(results: dict[str, Any]) -> None:
    """The form that benchmarks/README.md documents."""
    top = {"plan", "date", "machine", "packages", "niceness", "load_average", "seconds", "figures"}
    assert set(results) == top
    assert results["machine"]["cpus"] >= 1
    check_figures(results["figures"])


@pytest.mark.network
def test_a_tiny_run_writes_everything(tmp_path: Path) -> None:
    try:
        check_tools()
    except Unprepared as missing:
        pytest.skip(str(missing))
    options = ["--plan", "tiny", "--no-engine", "--stacks", "ours", "static_c", "bare_python"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options, "--output", str(tmp_path)],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = report.read(tmp_path)
    check_form(results)
    subjects = {one["subject"] for one in results["figures"]}
    assert {"start", "throughput", "memory", "blocked health", "large", "endurance"} <= subjects
    assert "generation" in subjects
    errors = [f for f in results["figures"] if f["case"].endswith("errors")]
    assert errors
    assert all(one["highest"] == 0 for one in errors)
    assert report.files(results)["table.md"] in done.stdout


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_the_published_results_have_the_documented_form(path: Path) -> None:
    check_form(json.loads(path.read_text("utf-8")))


def test_the_published_results_are_of_a_full_run() -> None:
    results = report.read(RESULTS)
    assert results["plan"] == "full"
    assert {one["stack"] for one in results["figures"]} >= {stack.name for stack in STACKS}


def test_the_published_results_answer_every_goal() -> None:
    answered = {goal.what for goal, _ in evaluate(report.read(RESULTS))}
    assert answered == {goal.what for goal in GOALS}


@pytest.mark.parametrize("name", ["table.md", "figures.md", "chart.svg"])
def test_what_is_published_is_made_from_the_results(name: str) -> None:
    made = report.files(report.read(RESULTS))[name]
    stale = "run: python -m benchmarks --draw"
    assert (RESULTS / name).read_text("utf-8") == made, stale


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_page_shows_the_tables_of_the_results(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text == report.with_tables(RESULTS, text), "run: python -m benchmarks --draw"


def test_the_page_of_the_benchmarks_has_the_tables() -> None:
    text = (HERE / "README.md").read_text("utf-8")
    assert (RESULTS / report.TABLE).read_text("utf-8") in text


def test_a_page_without_marks_stays_as_it_is() -> None:
    assert report.with_tables(RESULTS, "nothing here\n") == "nothing here\n"


def test_a_figure_tells_median_and_spread() -> None:
    made = figure("start", "process", "ours", "ms", [3.0, 1.0, 2.0], "command")
    assert (made["median"], made["lowest"], made["highest"]) == (2.0, 1.0, 3.0)
    assert made["samples"] == [3.0, 1.0, 2.0]


def test_a_figure_needs_samples() -> None:
    with pytest.raises(ValueError, match="start process of ours has no samples"):
        figure("start", "process", "ours", "ms", [], "command")


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1, 100), (0, 1)])
def test_percentile(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1234"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123")]
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_goal_is_met_on_its_bound() -> None:
    least = Goal("requests", 4, lambda _: 0, at_least=True)
    most = Goal("seconds", 4, lambda _: 0)
    assert least.is_met(4)
    assert most.is_met(4)
    assert not least.is_met(3.9)
    assert not most.is_met(4.1)
