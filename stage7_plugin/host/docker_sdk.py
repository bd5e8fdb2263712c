"""How to add the Docker SDK to the environment that this program runs in."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from pathlib import Path

# The folders of uv's cache in which uvx makes its environments.
_UVX = ("archive-v", "environments-v", "builds-v")


def install_command(prefix: str = "", program: str = "", has_pip: bool | None = None) -> str:
    """Return the command that makes the SDK importable; pip is of no use under uvx and pipx.

    Args:
        prefix: The folder of the environment; by default that of this process.
        program: What was run, such as `stage7-plugin`; by default from the command line.
        has_pip: Whether pip is in the environment; by default it is looked for.
    """
    name = program or _program()
    parts = Path(prefix or sys.prefix).parts
    if any(part.startswith(_UVX) for part in parts):
        # only Cookiecutter is a package of PyPI
        source = "" if name == "cookiecutter" else "--from ... "
        return f"uvx --with docker {source}{name} ..."
    if parts[-3:-1] == ("uv", "tools"):
        return f"uv tool install --with docker {parts[-1]}"
    if parts[-3:-1] == ("pipx", "venvs"):
        return f"pipx inject {parts[-1]} docker"
    if importlib.util.find_spec("pip") is not None if has_pip is None else has_pip:
        return shlex.join([sys.executable, "-m", "pip", "install", "docker"])
    return shlex.join(["uv", "pip", "install", "--python", sys.executable, "docker"])


def _program() -> str:
    """Return the command of this process; a hook of Cookiecutter has a name of its own."""
    name = Path(sys.argv[0]).name
    return name if name == "stage7-plugin" else "cookiecutter"
