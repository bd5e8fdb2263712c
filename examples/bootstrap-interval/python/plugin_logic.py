"""Bootstrap Interval: a statistic and how far it can be relied on, with numpy and joblib."""

from typing import Any

import joblib
import numpy as np

import resampling

PROCESSES = 2
MOST_CELLS = 2_000_000  # values times draws, which bounds time and memory


def fault(values: list[Any], statistic: str, confidence: float, draws: float) -> str:
    """What is wrong with the inputs; "" if nothing is."""
    if len(values) < 2 or not all(type(value) in (int, float) for value in values):
        return f"values must be at least two numbers, such as [1.5, 2], but is {str(values)[:80]}"
    if statistic not in resampling.STATISTICS:
        return f"statistic must be mean or median, but is {statistic!r}"
    if not 0 < confidence < 1:
        return f"confidence must be between 0 and 1, such as 0.95, but is {confidence}"
    if not 100 <= draws <= MOST_CELLS // len(values):
        most = MOST_CELLS // len(values)
        return f"draws must be from 100 to {most} for {len(values)} values, but is {draws}"
    return ""


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Draw the samples in several processes; `seed` decides what comes, whatever their number."""
    names = ("values", "statistic", "confidence", "draws")
    if problem := fault(*(inputs[name] for name in names)):
        return {"success": False, "error": problem}
    values = np.asarray(inputs["values"], dtype=np.float64)
    statistic, confidence = inputs["statistic"], inputs["confidence"]
    each = int(inputs["draws"]) // PROCESSES
    seeds = np.random.SeedSequence(int(inputs["seed"])).spawn(PROCESSES)
    tasks = (joblib.delayed(resampling.estimates)(values, statistic, each, seed) for seed in seeds)
    found = np.concatenate(joblib.Parallel(n_jobs=PROCESSES)(tasks))
    lower, upper = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return {
        "success": True,
        "outputs": {
            "estimate": float(resampling.STATISTICS[statistic](values)),
            "lower": float(lower),
            "upper": float(upper),
            "drawn": len(found),
        },
    }
