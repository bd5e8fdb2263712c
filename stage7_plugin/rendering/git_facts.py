"""Facts of a git repository, read with git itself; nothing is changed."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

_SECONDS = 120

# Variables that point git at a repository: set when Cookiecutter itself is run by a git hook.
_REPOSITORY_VARIABLES = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX", "GIT_NAMESPACE",
)  # fmt: skip


class Fact:
    """What a git command prints, which is running meanwhile."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._found: str | None = None
        self._process: subprocess.Popen[str] | None = None
        with suppress(OSError):  # there is no git, or no such folder
            self._process = subprocess.Popen(
                ["git", *arguments],
                cwd=folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
            )

    def read(self) -> str | None:
        """Wait for the command and return what it prints; None if it fails, or there is no git."""
        process, self._process = self._process, None
        if process is not None:
            try:
                printed, _ = process.communicate(timeout=_SECONDS)
                self._found = printed.strip() if process.returncode == 0 else None
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        return self._found


def read(folder: Path, *arguments: str) -> str | None:
    """Run a git command and return what it prints; None if it fails, or there is no git."""
    return Fact(folder, *arguments).read()


def environment() -> dict[str, str]:
    """Return the environment without variables that point git at another repository."""
    return {k: v for k, v in os.environ.items() if k not in _REPOSITORY_VARIABLES}
