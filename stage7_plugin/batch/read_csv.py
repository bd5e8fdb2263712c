"""Batch files in CSV: a header row of keys, then one plugin a row.

Spreadsheets write what their country uses: commas, semicolons or tabs, and Excel a first line such
as `sep=;` where it is told to.
"""

from __future__ import annotations

import csv
import io

from stage7_plugin.batch.entries import Entry, Field, Fleet, Unreadable

_EXAMPLE = "plugin_name,description,inputs"
_DELIMITERS = (",", ";", "\t")


def read_csv(text: str, fleet: Fleet) -> None:
    """Read a whole file into `fleet`. An empty cell takes the default. Raises Unreadable."""
    stream = io.StringIO(text, newline="")
    delimiter, skipped = _delimiter(stream)
    rows = csv.reader(stream, strict=True, delimiter=delimiter)
    line = 1 + skipped
    try:
        header = [name.strip() for name in _without_empty_end(next(rows, []))]
        _check_header(header, line, fleet)
        while True:
            line = rows.line_num + 1 + skipped
            row = next(rows, None)
            if row is None:
                return
            cells = _without_empty_end(row)
            if cells:
                _row(line, header, cells, delimiter, fleet)
    except csv.Error as error:
        raise Unreadable(line, f"must be CSV: {error}") from error


def _delimiter(stream: io.StringIO) -> tuple[str, int]:
    """What separates the cells, and how many lines have been read to find out."""
    first = stream.readline()
    told = first.strip().strip('"')
    if told.lower().startswith("sep=") and len(told) == 5:
        return told[4], 1
    stream.seek(0)
    for delimiter in _DELIMITERS:
        names = first.strip().split(delimiter)
        if "plugin_name" in [name.strip().strip('"') for name in names]:
            return delimiter, 0
    return ",", 0


def _without_empty_end(row: list[str]) -> list[str]:
    """The cells up to the last that is not blank: spreadsheets write columns that are empty."""
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _check_header(header: list[str], line: int, fleet: Fleet) -> None:
    if "plugin_name" not in header:
        rule = (
            "the first row must name the columns, separated by commas, semicolons or tabs, "
            "plugin_name among them"
        )
        raise Unreadable(line, rule)
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        fleet.fault(line, name, name, "a column may occur only once", _EXAMPLE)


def _row(line: int, header: list[str], row: list[str], delimiter: str, fleet: Fleet) -> None:
    if len(row) > len(header):
        rule = f"a row must have at most {len(header)} cells; quote a cell that has a {delimiter}"
        fleet.fault(line, "plugins", delimiter.join(row), rule, '"Splits a, b and c",...')
        return
    fields = {}
    for number, (name, cell) in enumerate(zip(header, row, strict=False), 1):
        if not cell.strip():
            continue
        if not name:
            rule = f"column {number} has no name in the first row"
            fleet.fault(line, "plugins", cell, rule, _EXAMPLE)
            continue
        fields[name] = Field(line, cell)
    fleet.plugins.append(Entry(line, fields))
