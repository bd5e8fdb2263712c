"""The rule for names that clash: names and aliases share one space across inputs and outputs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

RULE = "no name or alias may occur twice across inputs and outputs"


def as_python_reads(name: str) -> str:
    """Return an identifier in Unicode's NFKC form, in which Python compares: the Kelvin sign is K.

    Names that are equal in it are one name in plugin_logic.py.
    """
    return unicodedata.normalize("NFKC", name)


def clashing_names(definitions: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Find names and aliases that stand for more than one thing.

    Args:
        definitions: Of inputs and outputs, as in manifest.json. What is not text is left out.

    Returns:
        The spellings of each clash, each as often as it occurs.
    """
    groups: dict[str, list[str]] = {}
    for definition in definitions:
        aliases = definition.get("aliases")
        for name in (definition.get("name"), *(aliases if isinstance(aliases, list) else ())):
            if isinstance(name, str):
                groups.setdefault(as_python_reads(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def spellings(group: Iterable[str]) -> str:
    """Name a clash; names that only look the same are told apart by their code points."""
    distinct = list(dict.fromkeys(group))
    return distinct[0] if len(distinct) == 1 else " = ".join(ascii(name)[1:-1] for name in distinct)
