"""A copy of the template as a git repository with an address, and real commands that use it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.template import TEMPLATE, isolated_environment, template_files

ADDRESS = "https://templates.example.com/stage7/plugin.git"
"""Nothing is there: git is told to take the copy instead."""

_CONFIGURATION = """\
[user]
	name = Ada
	email = ada@example.com
[init]
	defaultBranch = main
[url "{template}"]
	insteadOf = {address}
"""


class Workplace:
    """A folder with a template of its own, a home of its own and a place for temporary files.

    Attributes:
        template: The repository of the template, with everything committed.
        path: Folders in which programs are looked for before those of PATH.
        environment: Variables of its commands, with a home of its own.
    """

    seconds = 120
    """The longest time that a command may take."""

    def __init__(self, folder: Path, with_template: bool = True) -> None:
        self.path: list[str] = []
        self.template = folder / "the-template"
        home = folder / "home"
        temporary = folder / "temporary"
        temporary.mkdir()
        self.environment = {**isolated_environment(home), "TMPDIR": str(temporary)}
        configuration = _CONFIGURATION.format(template=self.template, address=ADDRESS)
        (home / "gitconfig").write_text(configuration, "utf-8")
        if with_template:
            self._copy_template()

    def _copy_template(self) -> None:
        for name in template_files():
            (self.template / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TEMPLATE / name, self.template / name)
        self.git(self.template, "init", "--quiet")
        self.commit(self.template, "The template")

    def call(self, folder: Path, *command: str) -> tuple[int, str]:
        """Run a command; return its exit status and what it printed."""
        path = [*self.path, os.environ["PATH"]]
        done = subprocess.run(
            command,
            cwd=folder,
            env={**self.environment, "PWD": str(folder), "PATH": os.pathsep.join(path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=self.seconds,
            check=False,
        )
        return done.returncode, done.stdout

    def run(self, folder: Path, module: str, *arguments: str) -> str:
        """Run a Python program by its module; return what it printed. It must succeed."""
        return self._must_succeed(folder, sys.executable, "-m", module, *arguments)

    def git(self, folder: Path, *arguments: str) -> str:
        """Run git; return what it printed. It must succeed."""
        return self._must_succeed(folder, "git", *arguments)

    def commit(self, folder: Path, message: str) -> None:
        """Commit everything in a folder."""
        self.git(folder, "add", "--all")
        self.git(folder, "commit", "--quiet", "-m", message)

    def _must_succeed(self, folder: Path, *command: str) -> str:
        status, output = self.call(folder, *command)
        assert status == 0, output
        return output.strip()
