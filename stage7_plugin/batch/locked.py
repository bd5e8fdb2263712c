"""Which of a plugin's requirements its lock file lacks: only what is locked gets into the image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from stage7_plugin.batch.safe_files import read_regular

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_LOCKED = re.compile(_NAME.pattern + r"\s*(?:\[[^\]]*\])?\s*(?:===?|@)")


def not_locked(project: Path) -> list[str]:
    """The packages of requirements.in that requirements.txt does not pin, as they are written."""
    locked = {_normal(name) for name in _names(project / "requirements.txt", _LOCKED)}
    return [
        name for name in _names(project / "requirements.in", _NAME) if _normal(name) not in locked
    ]


def _names(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    text = (read_regular(path) or b"").decode("utf-8-sig", "replace")
    for line in text.splitlines():
        match = pattern.match(line)  # comments, options and continued hashes do not begin so
        if match and not line[0].isspace():
            yield match[1]


def _normal(name: str) -> str:
    """As PyPI compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()
