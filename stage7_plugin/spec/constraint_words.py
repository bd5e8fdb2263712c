"""Constraints in words, for people and planners."""

from __future__ import annotations

import json
from typing import Any

from stage7_plugin.spec.constraints import BOUNDS
from stage7_plugin.spec.parameters import Parameter

_FORMATS = {
    "uri": "a URI",
    "email": "an email address",
    "date": "a date such as 2026-01-31",
    "date-time": "a date and time such as 2026-01-31T12:00:00Z",
    "base64": "base64",
}
_UNITS = {"number": "", "string": " characters", "array": " items"}


def constraint_words(kind: str, constraints: dict[str, Any]) -> list[str]:
    """Say in a few words what each constraint asks for, such as "1 to 100".

    Args:
        kind: A type of the manifest.
        constraints: As in a definition of the manifest.
    """
    found = []
    if "enum" in constraints:
        found.append(f"one of {', '.join(map(_plain, constraints['enum']))}")
    if kind in BOUNDS:
        least, most = (constraints.get(key) for key in BOUNDS[kind])
        unit = _UNITS[kind]
        if least is not None and most is not None:
            found.append(f"{least} to {most}{unit}" if least != most else f"{least}{unit}")
        elif least is not None:
            found.append(f"at least {least}{unit}")
        elif most is not None:
            found.append(f"at most {most}{unit}")
    if "pattern" in constraints:
        found.append(f"matches {constraints['pattern']}")
    if "format" in constraints:
        media = constraints.get("contentMediaType")
        found.append(_FORMATS[constraints["format"]] + (f" of {media}" if media else ""))
    if "items" in constraints:
        items = constraints["items"]
        inner = constraint_words(items["type"], items)
        found.append(f"each item: {', '.join([items['type'], *inner])}")
    return found


def parameter_words(parameter: Parameter) -> list[str]:
    """Say what is asked of a parameter beyond its type: constraints, whether it is secret."""
    words = constraint_words(parameter.type, parameter.constraints)
    return [*words, "secret"] if parameter.secret else words


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
