"""`stage7-plugin list`: the plugins of a fleet's index.json that conditions hold for."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stage7_plugin.batch.outputs.index import JSON_FILE
from stage7_plugin.batch.where import Condition, WhereWrong
from stage7_plugin.errors import UserError
from stage7_plugin.spec.problems import printable

_COLUMNS = ("folder", "version", "owner")
FOUND, UNUSABLE = 0, 2


class NoIndex(UserError):
    """There is no index to query; the text says what to do."""


def run_list(folder: Path, where: Sequence[str], columns: str, as_json: bool) -> int:
    """Print the plugins that every condition holds for; returns the exit status.

    Args:
        folder: The output folder of `stage7-plugin batch`.
        where: Conditions.
        columns: Fields to print, separated by commas; empty for the usual ones.
        as_json: Whether to print them as in index.json instead.
    """
    try:
        plugins = _read(folder / JSON_FILE)
        fields = list(plugins[0]) if plugins else []
        conditions = [Condition.parse(text, fields) for text in where] if plugins else []
        found = [one for one in plugins if all(each.holds(one) for each in conditions)]
        shown = [name.strip() for name in columns.split(",")] if columns else [*_COLUMNS]
        if plugins and (unknown := [name for name in shown if name not in fields]):
            raise WhereWrong(f"--columns: there is no field {unknown[0]}; {', '.join(fields)}")
    except UserError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    if as_json:
        print(json.dumps({"plugins": found}, indent=2, ensure_ascii=False))
        return FOUND
    if not columns:  # what was asked about, too
        shown += [each.field for each in conditions if each.field not in shown]
    _print_table(found, list(dict.fromkeys(shown)), {each.field: each.key for each in conditions})
    print(_total(found, len(plugins)))
    unlocked = sum(one.get("locked") is False for one in plugins)
    if unlocked and any(each.field == "packages" for each in conditions):
        print(
            f"{unlocked} of {len(plugins)} are not locked, so their packages are unknown: "
            "--where 'not locked'"
        )
    return FOUND


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        listed = json.loads(path.read_bytes())["plugins"]
    except OSError as error:
        raise NoIndex(
            f"{path} cannot be read: {error.strerror}; name the --output-dir of stage7-plugin batch"
        ) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NoIndex(f"{path} is not a fleet index: run stage7-plugin batch again") from error
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise NoIndex(f"{path} is not a fleet index: run stage7-plugin batch again")
    return listed


def _print_table(
    plugins: Sequence[dict[str, Any]], columns: list[str], keys: dict[str, str]
) -> None:
    rows = [[_cell(one.get(name), keys.get(name, "")) for name in columns] for one in plugins]
    rows.insert(0, [f"{name}.{keys[name]}" if keys.get(name) else name for name in columns])
    widths = [max(len(row[number]) for row in rows) for number in range(len(columns))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _cell(value: Any, key: str) -> str:
    if key and isinstance(value, dict):
        value = value.get(key)
    if isinstance(value, dict):
        text = ", ".join(f"{name}={each}" for name, each in value.items())
    elif isinstance(value, list):
        text = ", ".join(map(str, value))
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = "" if value is None else str(value)
    return printable(text) or "-"


def _total(found: Sequence[dict[str, Any]], of: int) -> str:
    """How many, and what they need together."""
    memory, cpu = (sum(_number(one.get(name)) for one in found) for name in ("memory_mb", "cpu"))
    return f"{len(found)} of {of} plugins; together {memory:g} MiB of memory, {cpu:g} CPU"


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
