"""The form of the figures in a results file of the benchmarks."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks.stacks import BY_NAME

KEYS = {"subject", "case", "stack", "unit", "median", "lowest", "highest", "samples", "command"}
TEXTS = ("subject", "case", "stack", "unit", "command")


def check_figures(figures: Sequence[dict[str, Any]], *further: str) -> None:
    """Fail unless each figure is as benchmarks/README.md documents it, with `further` keys."""
    assert figures
    for one in figures:
        assert set(one) == {*KEYS, *further}
        assert all(isinstance(one[key], str) and one[key] for key in (*TEXTS, *further))
        assert one["stack"] in {*BY_NAME, "empty_template"}
        assert one["median"] == pytest.approx(statistics.median(one["samples"]), abs=1e-4)
        assert one["lowest"] == min(one["samples"])
        assert one["highest"] == max(one["samples"])
    identities = [(one["subject"], one["case"], one["stack"], one["unit"]) for one in figures]
    assert len(identities) == len(set(identities)), "a figure is there twice"
