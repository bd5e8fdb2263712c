"""A plugin's requirements and their lock: only what is locked gets into the image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from stage7_plugin.batch.safe_files import read_regular

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_LOCKED = re.compile(_NAME.pattern + r"\s*(?:\[[^\]]*\])?\s*(?:===?\s*(?P<version>[^\s;#\\]+)|@)")


def not_locked(project: Path) -> list[str]:
    """The packages of requirements.in that requirements.txt does not pin, as they are written."""
    locked = {_normal(name) for name in _names(project / "requirements.txt", _LOCKED)}
    return [
        name for name in _names(project / "requirements.in", _NAME) if _normal(name) not in locked
    ]


def needed(project: Path) -> list[str]:
    """The lines of requirements.in that name a package, without what follows a #."""
    return [
        match.string.partition(" #")[0].strip()
        for match in _matches(project / "requirements.in", _NAME)
    ]


def locked_packages(project: Path) -> dict[str, str]:
    """The version of each package in requirements.txt, by its name as PyPI compares names."""
    locked = _matches(project / "requirements.txt", _LOCKED)
    return {_normal(match[1]): match["version"] or "" for match in locked}


def _names(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    return (match[1] for match in _matches(path, pattern))


def _matches(path: Path, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    text = (read_regular(path) or b"").decode("utf-8-sig", "replace")
    for line in text.splitlines():
        match = pattern.match(line)  # comments, options and continued hashes do not begin so
        if match and not line[0].isspace():
            yield match


def _normal(name: str) -> str:
    """As PyPI compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()
