"""The key `wrap`: a plugin made around code that exists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.batch.entries import Field
from stage7_plugin.errors import UserError
from stage7_plugin.spec.problems import Problem
from stage7_plugin.wrap.model import CannotWrap, Wrapping

EXAMPLE = "tools/text.py:summarise"
_FROM_SOURCE = ("inputs", "outputs", "logic")


def read_wrap(fields: Mapping[str, Field], base: Path) -> tuple[Wrapping | None, list[Problem]]:
    """Read what a plugin is made around, or say why it cannot be.

    Args:
        fields: What the batch file says about the plugin, the key `wrap` included.
        base: The folder from which the source is counted.
    """
    value = fields["wrap"].value
    problems = [
        Problem(key, fields[key].value, f"must be left out: the {key} come from wrap", "wrap: ...")
        for key in _FROM_SOURCE
        if key in fields
    ]
    if fault := _fault(value, base):
        return None, [*problems, Problem("wrap", value, fault, EXAMPLE)]
    # Imported here: few batch files wrap anything, and each run starts with this module.
    from stage7_plugin.wrap.readers import read_source

    try:
        return read_source(str(base / value)), problems
    except CannotWrap as error:
        rule = f"cannot be wrapped: {error.sentence}; expected: {error.expected}"
        problems.append(Problem("wrap", value, rule, error.example or EXAMPLE))
    except (UserError, OSError) as error:
        problems.append(Problem("wrap", value, f"cannot be wrapped: {error}", EXAMPLE))
    return None, problems


def _fault(value: Any, base: Path) -> str | None:
    if not isinstance(value, str) or not value:
        return "must be the place of code that exists"
    # A batch file may come from a stranger: it must not carry other files of this machine off.
    root = base.resolve()
    path = value if (base / value).exists() else value.rpartition(":")[0] or value
    if not (root / path).resolve().is_relative_to(root):
        return f"must be inside the batch file's folder, {root}"
    return None
