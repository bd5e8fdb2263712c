"""Figures: what was measured, how often, and its median and spread."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any


def figure(
    subject: str, case: str, stack: str, unit: str, samples: Sequence[float], command: str
) -> dict[str, Any]:
    """One figure of the results file.

    Args:
        subject: what is measured, such as `start`; one module each.
        case: which variant of it, such as `process`.
        stack: a name of `stacks.py`.
        unit: of the samples.
        samples: as measured, in order; at least one.
        command: what was run.
    """
    if not samples:
        raise ValueError(f"{subject} {case} of {stack} has no samples")
    return {
        "subject": subject,
        "case": case,
        "stack": stack,
        "unit": unit,
        "median": round(statistics.median(samples), 4),
        "lowest": round(min(samples), 4),
        "highest": round(max(samples), 4),
        "samples": [round(sample, 4) for sample in samples],
        "command": command,
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, int(-(-share * len(ordered) // 1)) - 1))]
