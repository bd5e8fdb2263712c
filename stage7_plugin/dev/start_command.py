"""How a plugin is started as a process of this machine."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError

_OLDEST_PYTHON = (3, 11)
"""The rendered server needs it."""
_GO_PROGRAM = ".stage7-dev/plugin"
"""Where git and the image ignore it."""


class NoCommand(UserError):
    """It is not known how the plugin is started. The message is one sentence."""


def start_command(folder: Path, manifest: Mapping[str, Any], given: str = "") -> list[str]:
    """Return the command, `{port}` in it still to be filled in.

    Args:
        folder: The plugin's folder.
        manifest: `entryPoint.main` names the file that is started.
        given: The user's own command; it comes first.

    Raises:
        NoCommand: Nothing says how the plugin is started, or the program is not installed.
    """
    if given:
        return shlex.split(given)
    entry = manifest.get("entryPoint")
    main = str(entry.get("main") or "") if isinstance(entry, Mapping) else ""
    if main.endswith(".py"):
        # -B: byte code goes by the second and the size, so two quick saves can look the same.
        return [_python(folder), "-B", "-E", "-s", main]
    if main.endswith((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")):
        return [_program("node", main), main]
    if main.endswith(".go") or (folder / "go.mod").is_file():
        return _compiled_by_go(_program("go", main or "go.mod"))
    raise NoCommand(
        f"entryPoint.main is {main!r}, which does not say how the plugin is started; say it with "
        "--command, for example --command 'deno run --allow-net server.ts'"
    )


def _compiled_by_go(go: str) -> list[str]:
    """Return how a program in Go is built and then run as this process, not below `go run`."""
    if os.name == "nt":
        return [go, "run", "."]
    script = f"{shlex.quote(go)} build -o {_GO_PROGRAM} . && exec ./{_GO_PROGRAM}"
    return [_program("sh", "go.mod"), "-c", script]


def compile_runtime(command: list[str], folder: Path) -> None:
    """Write the byte code of the template's own modules, which no save changes: starts are faster.

    Args:
        command: How the plugin is started.
        folder: The plugin's folder.
    """
    if "-B" in command and (folder / "plugin_runtime").is_dir():
        arguments = [command[0], "-m", "compileall", "-q", "plugin_runtime"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):  # only slower without it
            subprocess.run(arguments, cwd=folder, check=False, timeout=60, capture_output=True)


def _python(folder: Path) -> str:
    own = folder / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if own.is_file():
        return str(own.absolute())
    if sys.version_info >= _OLDEST_PYTHON:
        return sys.executable
    here = ".".join(map(str, sys.version_info[:2]))
    raise NoCommand(
        f"the plugin has no .venv, and this is Python {here}; it needs 3.11 or newer",
        command="make setup",
    )


def _program(name: str, main: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NoCommand(f"{main} is started with {name}, which is not on PATH; install it")
    return found
