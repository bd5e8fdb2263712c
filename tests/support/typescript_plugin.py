"""A rendered TypeScript plugin and its make targets."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from tests.support import node


def environment() -> dict[str, str]:
    """Variables with which make, Biome and tsc find the tests' own Node.js and npm."""
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    settings["PATH"] = f"{Path(node.node()).parent}:{settings['PATH']}"
    return settings


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the plugin; standard error is in standard output."""
    return subprocess.run(
        ["make", f"NPM={shlex.join(node.npm())}", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def link(plugin: Path, packages: Path) -> None:
    """Give the plugin the folder `node_modules` of another one."""
    (plugin / "node_modules").symlink_to(packages)
    (packages / ".installed").touch()
