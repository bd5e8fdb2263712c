"""Which manifests a host has executed: a record on this machine, so that nothing runs twice.

It only saves work. Without it, as in a new CI job, a plugin that has not changed is executed again.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def is_recorded(url: str, manifest: Any) -> bool:
    """Return whether this host has executed this manifest."""
    return _file(url, manifest).is_file()


def record(url: str, manifest: Any) -> None:
    """Remember that this host has executed this manifest; harmless where nothing can be written."""
    path = _file(url, manifest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError:
        return


def _file(url: str, manifest: Any) -> Path:
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    text = json.dumps([url.rstrip("/"), manifest], sort_keys=True)
    return Path(base) / "stage7-plugin" / "executed" / hashlib.sha256(text.encode()).hexdigest()
