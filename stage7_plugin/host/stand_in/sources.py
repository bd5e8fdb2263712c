"""Where the files of a plugin come from: a clone of its repository, or a folder of the host."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SECONDS = 300


class CloneFailed(Exception):
    """git cannot clone; the message is git's."""


_lock = threading.Lock()


def plugin_folder(manifest: Mapping[str, Any], home: Path, local_folder: Path) -> Path:
    """Return the folder that the host builds, cloned first where the manifest says so.

    A clone is kept under the plugin's id and its commit; without a commit it is pulled every time.

    Args:
        manifest: What is executed.
        home: Where the clones are kept, `.cktmcs/plugin_cache` in it.
        local_folder: Where plugins without a `packageSource` are.

    Raises:
        CloneFailed: git cannot clone.
    """
    source = manifest.get("packageSource")
    if not isinstance(source, dict) or source.get("type") != "git":
        return local_folder / str(manifest.get("verb"))
    branch, commit = source.get("branch"), source.get("commitHash")
    state = str(commit or branch or "latest_main").replace("/", "_").replace("\\", "_")
    clone = home / ".cktmcs" / "plugin_cache" / str(manifest.get("id")) / state
    with _lock:
        if not (clone / ".git").exists():
            _clone(str(source.get("url")), str(branch or "main"), commit, clone)
        elif branch and not commit:
            _git("-C", str(clone), "pull", "origin", str(branch))
    return clone / str(source.get("subPath") or "")


def _clone(url: str, branch: str, commit: object, clone: Path) -> None:
    shutil.rmtree(clone, ignore_errors=True)
    clone.mkdir(parents=True)
    try:
        _git("clone", "--depth", "1", "--branch", branch, "--", url, str(clone))
        if commit:
            _git("-C", str(clone), "checkout", str(commit), "--")
    except CloneFailed:
        shutil.rmtree(clone, ignore_errors=True)
        raise


def _git(*arguments: str) -> None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
        failed = done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired:
        failed = f"no answer within {_SECONDS} s"
    if failed:
        command = f"git {' '.join(arguments)}"
        raise CloneFailed(f"Failed to prepare git plugin: Command failed: {command}\n{failed}")
