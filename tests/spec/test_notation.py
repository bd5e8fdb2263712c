"""Lines that people type: what each means, and what is shown for a near miss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.spec.notation import read_notation
from stage7_plugin.spec.parameters import EXAMPLES, parse_parameters

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "notation.json").read_text("utf-8")
)["cases"]
ACCEPTED = [case for case in CASES if "means" in case]
NEAR_MISSES = [case for case in CASES if "instead" in case]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["line"])
def test_a_line_that_is_accepted(case: dict[str, Any]) -> None:
    ((definition, source),), problems = read_notation("inputs", case["line"], "")
    assert (problems, source) == ([], case["line"])
    del definition["name"]
    assert definition == case["means"]
    assert parse_parameters("inputs", case["line"])[1] == []


@pytest.mark.parametrize("case", NEAR_MISSES, ids=lambda case: case["line"])
def test_a_near_miss_is_shown_the_line_that_was_meant(case: dict[str, Any]) -> None:
    _, problems = parse_parameters("inputs", case["line"])
    assert problems, "it is accepted"
    assert {problem.example for problem in problems[:1]} == {case["instead"] or EXAMPLES["inputs"]}
    if case["instead"]:
        assert parse_parameters("inputs", case["instead"])[1] == []


def test_there_are_enough_of_both() -> None:
    assert len(ACCEPTED) >= 25
    assert len(NEAR_MISSES) >= 50
