"""The files that are made from the results files in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import chart, table

RESULTS = "results.json"
STEADY = "steady.json"
"""The ten minutes of load, which are measured by themselves."""


def read(folder: Path) -> dict[str, Any]:
    """The results, with those of the ten minutes if there are any."""
    results: dict[str, Any] = json.loads((folder / RESULTS).read_text("utf-8"))
    steady = folder / STEADY
    if steady.exists():
        results["figures"] += json.loads(steady.read_text("utf-8"))["figures"]
    return results


def files(results: dict[str, Any]) -> dict[str, str]:
    """Name and content of each file that is made."""
    return {
        "table.md": table.render(results),
        "figures.md": table.render_figures(results),
        "chart.svg": chart.render(results),
    }


def draw(folder: Path) -> None:
    """Make them."""
    for name, content in files(read(folder)).items():
        (folder / name).write_text(content, "utf-8")
