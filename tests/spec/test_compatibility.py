"""Each kind of change between two manifests, breaking and harmless, and the step it needs."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from stage7_plugin.spec.compatibility import (
    changes,
    is_enough,
    lines,
    lowest_version,
    step_needed,
)
from tests.support.manifests import OLD, TABLE, changed, with_change


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["path"])
def test_each_kind_of_change(case: dict[str, Any]) -> None:
    found = changes(OLD, changed(case))
    assert (step_needed(found), lines(found)) == (case["step"], case["lines"])
    assert bool(found) == (case["step"] != "none")


def test_the_table_has_each_step_and_many_cases() -> None:
    assert {case["step"] for case in TABLE["cases"]} == {"none", "patch", "minor", "major"}
    assert len(TABLE["cases"]) > 60


def test_nothing_has_changed() -> None:
    assert changes(OLD, copy.deepcopy(OLD)) == []


def test_the_largest_comes_first_and_secrets_are_not_shown() -> None:
    new = with_change("security/permissions", [])
    new["inputDefinitions"][5]["default"] = "hunter2"
    new["outputDefinitions"].pop()
    assert lines(changes(OLD, new)) == [
        "major  output page: removed",
        "patch  permissions: net.fetch was removed",
    ]


@pytest.mark.parametrize(
    "case", TABLE["versions"], ids=lambda case: f"{case['old']} {case['step']}"
)
def test_the_version_that_a_step_needs(case: dict[str, str]) -> None:
    old, step = case["old"], case["step"]
    assert lowest_version(old, step) == case["lowest"]
    assert is_enough(old, case["lowest"], step)
    assert not is_enough(old, case["tooSmall"], step)
    assert is_enough(old, "10.0.0", step)


def test_what_is_no_version() -> None:
    with pytest.raises(ValueError, match=r"1\.2 is not a version such as 1\.2\.0"):
        is_enough("1.2.3", "1.2", "patch")
