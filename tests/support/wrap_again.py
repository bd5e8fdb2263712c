"""A wrapped plugin whose source moves on, for the tests of `stage7-plugin wrap --again`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from stage7_plugin.cli import main
from stage7_plugin.spec.manifest import manifest_problems

IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


def commit(folder: Path) -> None:
    for command in (["init", "-q"], ["add", "-A"], [*IDENTITY, "commit", "-qm", "Wrap"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["wrap", *map(str, arguments)])


def again(plugin: Path, *arguments: str, status: int = 0) -> str:
    result = run("--again", plugin, *arguments)
    assert result.exit_code == status, result.output
    return result.output


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def manifest_of(plugin: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((plugin / "manifest.json").read_text("utf-8"))
    assert manifest_problems(manifest) == []
    return manifest
