"""The table of changes of a manifest, which holds in every language."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "cases" / "compatibility.json").read_text("utf-8")
)
OLD: dict[str, Any] = TABLE["old"]
DELETE = object()


def name_of(definition: dict[str, Any]) -> Any:
    return definition.get("name", definition.get("key"))


def with_change(path: str, value: Any) -> dict[str, Any]:
    """Return OLD with one thing changed, as the table says how."""
    manifest = copy.deepcopy(OLD)
    at: Any = manifest
    *way, last = path.split("/")
    for part in way:
        named = isinstance(at, list)
        at = next(one for one in at if name_of(one) == part) if named else at[part]
    if isinstance(at, list):
        if last == "+":
            at.append(value)
        elif last == "first":
            at.insert(0, value)
        else:
            kept = [] if value is DELETE else [value]
            at[:] = [part for one in at for part in (kept if name_of(one) == last else [one])]
    elif value is DELETE:
        del at[last]
    else:
        at[last] = value
    return manifest


def changed(case: dict[str, Any]) -> dict[str, Any]:
    """Return OLD with the change of a case."""
    return with_change(case["path"], DELETE if case.get("removed") else case["value"])
