"""How the tests run the batch command, and how they look at what it wrote."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from stage7_plugin.batch.cli import batch as batch_command
from stage7_plugin.batch.entries import Fleet
from stage7_plugin.batch.reading import read_fleet
from tests.support.template import TEMPLATE, isolated_environment


@dataclass(frozen=True)
class Run:
    """How one run of the command ended, with everything that it printed."""

    status: int
    output: str


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "stage7_plugin", "batch", *map(str, arguments)]


def environment(folder: Path) -> dict[str, str]:
    return {**isolated_environment(folder / "home"), "PYTHONPATH": str(TEMPLATE)}


def batch(
    folder: Path, *arguments: object, text: str | None = None, wrapper: str | None = None
) -> Run:
    """Run the real command in `folder`, which is the output folder's parent.

    Args:
        folder: The working directory.
        arguments: Of the command.
        text: Standard input.
        wrapper: Python code that runs the command, in place of `python -m`.
    """
    given = command(*arguments)
    if "--check" not in arguments:
        given += ["--output-dir", str(folder / "out")]
    if wrapper:
        given[1:3] = ["-c", wrapper]
    done = subprocess.run(
        given,
        cwd=folder,
        env={**environment(folder), "PWD": str(folder)},
        input=text or "",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout)


def write_fleet(folder: Path, *plugins: dict[str, Any], **defaults: Any) -> Path:
    """A batch file in JSON."""
    path = folder / "fleet.json"
    defaults.setdefault("author", "Ada Lovelace")
    path.write_text(json.dumps({"defaults": defaults, "plugins": plugins}, indent=1), "utf-8")
    return path


def numbered(count: int) -> list[dict[str, Any]]:
    return [{"plugin_name": f"Plugin {number}"} for number in range(1, count + 1)]


def values(fleet: Fleet) -> list[dict[str, Any]]:
    """The values of the defaults, and of each plugin."""
    entries = [fleet.defaults, *fleet.plugins]
    return [{key: field.value for key, field in entry.fields.items()} for entry in entries]


def read(folder: Path, name: str, text: str) -> Fleet:
    """Read a batch file in this process."""
    (folder / name).write_text(text, "utf-8")
    return read_fleet(str(folder / name))


def faults(fleet: Fleet) -> list[tuple[int, str]]:
    """Line and rule of each problem."""
    return [(found.line, found.problem.rule) for found in fleet.problems]


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Content and permissions of every file, by its path."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def plugins_in(folder: Path) -> list[str]:
    """The plugins in an output folder."""
    return sorted(path.parent.name for path in folder.glob("*/manifest.json"))


def batch_here(*arguments: object) -> Run:
    """Run the command in this process; it makes too few plugins for processes of its own."""
    done = CliRunner().invoke(batch_command, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return Run(done.exit_code, done.output)
