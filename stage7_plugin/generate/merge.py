"""Merging what an author and the template changed in one file, with `git merge-file`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from stage7_plugin.errors import UserError
from stage7_plugin.rendering import git_facts

_SECONDS = 120
_COMMAND = (
    *("git", "-c", "merge.conflictStyle=merge", "merge-file", "-p"),
    *("-L", "yours", "-L", "before", "-L"),
)
_MOST_CONFLICTS = 127  # what git returns for that many and more; above it is an error
MARKER = b"<<<<<<< yours"


class CannotMerge(UserError):
    """The texts cannot be merged; the message says why."""


def merge(
    yours: bytes, base: bytes, template: bytes, scratch: Path, label: str = "template"
) -> tuple[bytes, bool]:
    """Merge two successors of a text.

    Args:
        yours: The author's version.
        base: The text from which both began; empty if there is none.
        template: What the template has in its place now.
        scratch: A folder to work in, which exists.
        label: What the markers call the template's side.

    Returns:
        The merged text, and whether conflicts are marked in it.

    Raises:
        CannotMerge: It is not text, or git is missing.
        OSError: The folder cannot be written.
    """
    if template in (base, yours):
        return yours, False
    if yours == base:
        return template, False
    if b"\0" in yours + base + template:
        raise CannotMerge("it is not text")
    for name, content in (("yours", yours), ("base", base), ("template", template)):
        (scratch / name).write_bytes(content)
    try:
        done = subprocess.run(
            [*_COMMAND, label, "yours", "base", "template"],
            cwd=scratch,
            env=git_facts.environment(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise CannotMerge("git is not installed (https://git-scm.com/downloads)") from error
    except subprocess.TimeoutExpired as error:
        raise CannotMerge(f"git merge-file did not end within {_SECONDS} s") from error
    if not 0 <= done.returncode <= _MOST_CONFLICTS:
        raise CannotMerge(done.stderr.decode("utf-8", "replace").strip() or "git merge-file failed")
    return done.stdout, done.returncode > 0
