"""Which plugins to check: what was typed, those in a fleet's folder, only the changed ones."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from stage7_plugin.contract.errors import TargetUnusable
from stage7_plugin.host.view import plugin_folders

_GIT_SECONDS = 60


def selected(targets: Sequence[str], changed_since: str | None) -> list[str]:
    """Return each target once, a fleet's folder replaced by the plugins in it.

    Args:
        targets: Folders, images and URLs.
        changed_since: A commit; only folders that differ from it are kept.

    Raises:
        TargetUnusable: Git cannot say what has changed.
    """
    found: dict[str, None] = {}
    for target in targets:
        inside = plugin_folders(Path(target)) if Path(target).is_dir() else []
        found.update(dict.fromkeys(map(str, inside) if inside else [target]))
    if changed_since is None:
        return list(found)
    return [target for target in found if _has_changed(target, changed_since)]


def _has_changed(target: str, commit: str) -> bool:
    """Whether a file in the folder differs from the commit, or is not in git yet."""
    folder = Path(target)
    if not folder.is_dir():
        raise TargetUnusable(f"--changed-since is for folders in git; {target!r} is not one")
    changed = ("diff", "--name-only", "--relative", "--end-of-options", commit, "--", ".")
    new = ("ls-files", "--others", "--exclude-standard", "--", ".")
    return bool(_git(folder, *changed) or _git(folder, *new))


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=_GIT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TargetUnusable(f"--changed-since needs git: {error}") from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["git failed"])[0]
        raise TargetUnusable(f"--changed-since cannot compare {folder}: {said}")
    return done.stdout
