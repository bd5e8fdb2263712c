"""The files that are made from the results files in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import chart, table

RESULTS = "results.json"
TABLE = "table.md"
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
        TABLE: table.render(results),
        "figures.md": table.render_figures(results),
        "chart.svg": chart.render(results),
    }


def draw(folder: Path) -> None:
    """Make them."""
    for name, content in files(read(folder)).items():
        (folder / name).write_text(content, "utf-8")


def show(folder: Path, page: Path) -> None:
    """Put the tables into a page, where it has marks for them."""
    page.write_text(with_tables(folder, page.read_text("utf-8")), "utf-8")


def with_tables(folder: Path, text: str) -> str:
    """A page's text with the tables between its marks; unchanged without marks."""
    return put(text, "benchmarks", (folder / TABLE).read_text("utf-8"))


def put(text: str, name: str, tables: str) -> str:
    """A page's text with tables between the marks of a name; unchanged without marks."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, has_begin, rest = text.partition(begin)
    _, has_end, after = rest.partition(end)
    if not (has_begin and has_end):
        return text
    return f"{before}{begin}\n{tables}{end}{after}"
