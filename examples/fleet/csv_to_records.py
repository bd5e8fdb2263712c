"""CSV to Records: the rows of a CSV text as objects."""

import csv
import io
from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Read `text`; without a header row, columns are called column_1, column_2 and so on."""
    delimiter = inputs["delimiter"]
    if len(delimiter) != 1 or delimiter in '"\r\n':
        return _failure(f"delimiter must be one character, no quote or line end, not {delimiter!r}")
    try:
        source = io.StringIO(inputs["text"], newline="")
        rows = [row for row in csv.reader(source, delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        return _failure(f"the text is not valid CSV: {error}")
    if not rows:
        return _failure("the text has no rows")
    columns = rows.pop(0) if inputs["has_header"] else _numbered(max(map(len, rows)))
    if len(set(columns)) < len(columns):
        return _failure(f"a column name occurs twice: {', '.join(columns)}")
    for number, row in enumerate(rows, 1):
        if len(row) > len(columns):
            return _failure(
                f"row {number} has {len(row)} cells, but there are {len(columns)} columns"
            )
    records = [dict(zip(columns, row, strict=False)) for row in rows]
    return {
        "success": True,
        "outputs": {"records": records, "columns": columns, "count": len(records)},
    }


def _numbered(count: int) -> list[str]:
    return [f"column_{number}" for number in range(1, count + 1)]


def _failure(sentence: str) -> dict[str, Any]:
    return {"success": False, "error": sentence}
