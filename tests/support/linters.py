"""The linters of CI files, as the tests call them. All of them work without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

needs_jq = pytest.mark.skipif(
    shutil.which("jq") is None, reason="the scripts of CI files call jq: install it"
)
SCRIPTS = sysconfig.get_path("scripts")


def run_tool(name: str, *arguments: str | Path, folder: Path, text: str | None = None) -> str:
    """What a tool of the development environment complains about; empty if about nothing."""
    path = shutil.which(name, path=SCRIPTS)
    if path is None and sys.version_info < (3, 11):
        pytest.skip(f"{name} needs Python 3.11")
    assert path is not None, f"{name} is not installed: make lint installs it"
    # jactionlint calls shellcheck, which is next to it.
    environ = {**os.environ, "PATH": os.pathsep.join((SCRIPTS, os.environ["PATH"]))}
    done = subprocess.run(
        [path, *arguments],
        cwd=folder,
        env=environ,
        input=text,
        capture_output=True,
        encoding="utf-8",
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def schema_complaints(kind: str, *files: Path, transform: str | None = None) -> str:
    """Complaints of the official JSON schema of a kind of file, such as `gitlab-ci`."""
    arguments = ["--builtin-schema", f"vendor.{kind}"]
    if transform:
        arguments += ["--data-transform", transform]
    return run_tool("check-jsonschema", *arguments, *files, folder=files[0].parent)


def workflow_complaints(repository: Path) -> str:
    """Complaints about everything in `.github` of a folder, which becomes a git repository.

    The schema knows the keys, jactionlint expressions and scripts, zizmor what can be attacked.
    """
    subprocess.run(["git", "init", "--quiet"], cwd=repository, check=True)
    workflows = sorted((repository / ".github" / "workflows").glob("*.yml"))
    return "".join(
        (
            schema_complaints("github-workflows", *workflows),
            run_tool("jactionlint", folder=repository),
            run_tool("zizmor", "--offline", "--no-progress", ".github", folder=repository),
        )
    )


def shell_complaints(script: Sequence[str], shell: str, folder: Path) -> str:
    """Complaints of shellcheck about lines that run one after another, until one of them fails."""
    text = "\n".join(("set -e", *script))
    return run_tool("shellcheck", f"--shell={shell}", "-", folder=folder, text=text)
