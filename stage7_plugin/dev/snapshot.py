"""The state of a plugin's files, to know for certain whether anything was saved since a start."""

from __future__ import annotations

import os
from pathlib import Path

IGNORED_FOLDERS = frozenset(
    {
        ".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache",
        ".ruff_cache", ".idea", ".vscode", ".stage7-dev", "tests", "examples", ".github",
    }
)  # fmt: skip
"""Folders of which nothing runs in the plugin."""
_IGNORED_ENDINGS = (".pyc", ".pyo", ".log", ".swp", ".tmp", "~", ".md")

Snapshot = dict[str, tuple[int, int, int]]


def is_watched(folder: Path, path: str) -> bool:
    """Whether a change of this file restarts the plugin."""
    try:
        parts = Path(path).relative_to(folder).parts
    except ValueError:
        return False
    name = parts[-1] if parts else ""
    ignored = IGNORED_FOLDERS.intersection(parts[:-1]) or name.endswith(_IGNORED_ENDINGS)
    return bool(name) and not ignored and not name.startswith(".#")


def snapshot(folder: Path) -> Snapshot:
    """Return path -> time of change, size and inode of each watched file."""
    found: Snapshot = {}
    folders = [str(folder)]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:
            continue
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in IGNORED_FOLDERS:
                        folders.append(entry.path)
                elif is_watched(folder, entry.path):
                    state = entry.stat()
                    found[entry.path] = (state.st_mtime_ns, state.st_size, state.st_ino)
            except OSError:  # gone meanwhile
                continue
    return found


def changed(before: Snapshot, now: Snapshot) -> list[str]:
    """Return the paths that differ."""
    return sorted({path for path, _ in before.items() ^ now.items()})
