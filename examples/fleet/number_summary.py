"""Number Summary: what a list of numbers looks like."""

import math
import statistics
from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Summarise `numbers`; an outlier lies more than `fence` interquartile ranges outside."""
    numbers = inputs["numbers"]
    for position, number in enumerate(numbers):
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return _failure(f"numbers[{position}] must be a number, not {number!r}")
    if len(numbers) < 2:
        return _failure(f"at least 2 numbers are needed, not {len(numbers)}")
    if inputs["fence"] < 0:
        return _failure(f"fence must not be negative, but is {inputs['fence']}")
    lower, median, upper = statistics.quantiles(numbers, n=4, method="inclusive")
    reach = inputs["fence"] * (upper - lower)
    return {
        "success": True,
        "outputs": {
            "summary": {
                "count": len(numbers),
                "sum": math.fsum(numbers),
                "mean": statistics.fmean(numbers),
                "median": median,
                "deviation": statistics.stdev(numbers),
                "least": min(numbers),
                "most": max(numbers),
            },
            "outliers": [n for n in numbers if not lower - reach <= n <= upper + reach],
        },
    }


def _failure(sentence: str) -> dict[str, Any]:
    return {"success": False, "error": sentence}
