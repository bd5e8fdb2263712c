"""Batch files in CSV: a header row of keys, then one plugin a row."""

from __future__ import annotations

import csv
import io

from stage7_plugin.batch.entries import Entry, Field, Fleet, Unreadable

_EXAMPLE = "plugin_name,description,inputs"


def read_csv(text: str, fleet: Fleet) -> None:
    """Read a whole file into `fleet`. An empty cell takes the default. Raises Unreadable."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(header, fleet)
        while True:
            line = rows.line_num + 1
            row = next(rows, None)
            if row is None:
                return
            if any(row):
                _row(line, header, row, fleet)
    except csv.Error as error:
        raise Unreadable(line, f"must be CSV: {error}") from error


def _check_header(header: list[str], fleet: Fleet) -> None:
    if "plugin_name" not in header:
        rule = "the first row must name the columns, separated by commas, plugin_name among them"
        raise Unreadable(1, rule)
    for name in {name for name in header if header.count(name) > 1}:
        fleet.fault(1, name, name, "a column may occur only once", _EXAMPLE)


def _row(line: int, header: list[str], row: list[str], fleet: Fleet) -> None:
    if len(row) > len(header):
        rule = f"a row must have {len(header)} cells at most; quote a cell that holds a comma"
        fleet.fault(line, "plugins", ",".join(row), rule, '"Splits a, b and c",...')
        return
    cells = zip(header, row, strict=False)
    fields = {name: Field(line, cell) for name, cell in cells if cell != ""}
    fleet.plugins.append(Entry(line, fields))
