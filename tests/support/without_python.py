"""A machine with what a TypeScript or Go plugin's README asks for, and no Python on its PATH."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from shutil import which

from tests.support import go, node
from tests.support.git_template import Workplace

_PROGRAMS = ("awk", "docker", "env", "find", "git", "make", "mkdir", "rm", "sed", "sh", "touch")
_MODULES = {
    "stage7-plugin": ("", "stage7_plugin"),
    # The plugin's template renders, not this one.
    "cruft": ("unset PYTHONPATH; ", "cruft"),
}
"""Program of the template -> the module, as uv or pipx installs it: with a Python of its own."""


class Machine:
    """Runs a plugin's make targets with nothing on the PATH but these programs.

    Args:
        place: Where the plugin is.
        language: Of the plugin; skips the test where nothing can run it.
    """

    def __init__(self, place: Workplace, language: str) -> None:
        self._place = place
        self.path = place.template.parent / "programs"
        """The PATH."""
        self.path.mkdir()
        folder = go.folder() if language == "go" else Path(node.node()).parent
        for name in {"go": ("go", "gofmt"), "typescript": ("node",)}[language]:
            (self.path / name).symlink_to(folder / name)
        for name in _PROGRAMS:
            if program := which(name):
                (self.path / name).symlink_to(program)
        for name, (first, module) in _MODULES.items():
            self.install(name, f'{first}exec {shlex.quote(sys.executable)} -m {module} "$@"')
        for name in ("python", "python3", "pip", "uv", "pipx"):
            assert which(name, path=str(self.path)) is None

    def install(self, name: str, script: str) -> None:
        """Put a program on the PATH, in place of the one that is there."""
        (self.path / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.path / name).chmod(0o755)

    def uninstall(self, name: str) -> None:
        """Take a program from the PATH."""
        (self.path / name).unlink()

    def make(self, plugin: Path, *arguments: str) -> str:
        """Run make in the plugin; return what it printed. It must succeed."""
        status, output = self.call(plugin, "make", *arguments)
        assert status == 0, output
        return output

    def call(self, plugin: Path, *command: str) -> tuple[int, str]:
        """Run a command; return its exit status and what it printed."""
        return self._place.call(plugin, "env", f"PATH={self.path}", *command)
