"""Draws samples with replacement; the work of one process."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
STATISTICS: dict[str, Callable[..., Any]] = {"mean": np.mean, "median": np.median}


def estimates(values: Numbers, statistic: str, draws: int, seed: np.random.SeedSequence) -> Numbers:
    """The statistic of each of `draws` samples."""
    random = np.random.default_rng(seed)
    samples = random.choice(values, size=(draws, len(values)))
    return np.asarray(STATISTICS[statistic](samples, axis=1), dtype=np.float64)
