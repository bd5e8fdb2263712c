"""Facts of a git repository, read with git itself; nothing is changed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_SECONDS = 120

# Variables that point git at a repository: set when Cookiecutter itself is run by a git hook.
_REPOSITORY_VARIABLES = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX", "GIT_NAMESPACE",
)  # fmt: skip


def read(folder: Path, *arguments: str) -> str | None:
    """Run a git command and return what it prints; None if it fails, or there is no git."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def environment() -> dict[str, str]:
    """Return the environment without variables that point git at another repository."""
    return {k: v for k, v in os.environ.items() if k not in _REPOSITORY_VARIABLES}
