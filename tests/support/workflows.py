"""The GitHub workflows of a rendered plugin: what is in them, and a runner for their scripts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml


def workflow(plugin: Path, name: str) -> dict[Any, Any]:
    document = yaml.safe_load((plugin / ".github" / "workflows" / name).read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def script(plugin: Path, name: str, job: str, step: str) -> str:
    """What a step of a workflow runs."""
    steps = workflow(plugin, name)["jobs"][job]["steps"]
    (found,) = (entry["run"] for entry in steps if entry.get("name") == step)
    assert isinstance(found, str)
    return found


def run_script(plugin: Path, text: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=plugin,
        env={**os.environ, **environ},
        capture_output=True,
        encoding="utf-8",
    )
