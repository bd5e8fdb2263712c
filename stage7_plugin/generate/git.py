"""Git: a repository with a first commit for a plugin that is in none yet."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

from stage7_plugin.rendering import git_facts

MESSAGE = "Start the plugin from the container plugin template"
_SECONDS = 120  # the user's own hook, or a passphrase for signing, may take its time

# For each command of ours; the user's configuration stays as it is.
_SETTINGS = (
    # Without an identity git would make one up from the names of the user and the machine.
    "-c", "user.useConfigOnly=true",
    # From git 2.28 on, init goes by it, and a process is saved.
    "-c", "init.defaultBranch=main",
    # Another process, which finds nothing to tidy up in a new repository.
    "-c", "maintenance.auto=false",
    # A few small files; git compresses them when it packs.
    "-c", "core.looseCompression=0",
)  # fmt: skip
_TO_MAIN = ("symbolic-ref", "HEAD", "refs/heads/main")  # every git has this


class Outcome(NamedTuple):
    """What start_repository did.

    Attributes:
        committed: Whether it made the first commit.
        message: What to tell the user.
        commands: What to run by hand to get there, if anything is left to do.
        inside: Whether the folder is one of several in a repository.
    """

    committed: bool
    message: str
    commands: tuple[str, ...] = ()
    inside: bool = False


def start_repository(folder: Path) -> Outcome:
    """Make `folder` a git repository on the branch main and commit everything in it.

    Does nothing where the folder already is in a work tree. Changes no configuration. Never
    raises for a missing git, a missing identity or a refused commit: the outcome says what is
    left to do.
    """
    outer = _work_tree(folder)
    if outer == folder.resolve():
        return Outcome(False, "git: already a repository; left as it is")
    if outer is not None:
        left = (_enter(folder), "git add .", _git("commit", "-m", f"Add {folder.name}", "."))
        return Outcome(
            False, f"git: inside the repository {outer}; nothing was committed", left, inside=True
        )

    steps: tuple[tuple[str, ...], ...] = (
        ("init", "--quiet"),
        _TO_MAIN,
        ("add", "--all"),
        ("commit", "--quiet", "-m", MESSAGE),
    )
    for number, step in enumerate(steps):
        if step == _TO_MAIN and _is_on_main(folder):
            continue
        failure = _run(folder, step)
        if failure:
            rest = [_git(*remaining) for remaining in steps[number:]]
            return Outcome(False, f"git: {failure}", (*_preparation(folder), *rest))
    return Outcome(True, "git: created the first commit on branch main")


def path_from_shell(folder: Path) -> str:
    """Return the folder as seen from the user's shell, or its full path where that is shorter."""
    # A hook runs inside the project; the directory of the shell is only left in PWD.
    start = os.environ.get("PWD", "")
    full = str(folder.resolve())
    if not Path(start).is_absolute():
        return full
    return min(os.path.relpath(full, start), full, key=len)


def _work_tree(folder: Path) -> Path | None:
    """Return the top of the work tree that holds the folder: the nearest parent with a .git."""
    resolved = folder.resolve()
    for candidate in (resolved, *resolved.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def _is_on_main(folder: Path) -> bool:
    try:
        return (folder / ".git" / "HEAD").read_text() == "ref: refs/heads/main\n"
    except OSError:
        return False


def _run(folder: Path, arguments: tuple[str, ...]) -> str | None:
    """Run git in the folder; None if it worked, else why not, on one line."""
    command = ["git", *_SETTINGS, *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=git_facts.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        return "it is not installed (https://git-scm.com/downloads)"
    except OSError as error:
        return f"it cannot be started: {error}"
    except subprocess.TimeoutExpired:
        return f"git {arguments[0]} did not end within {_SECONDS} s"
    if done.returncode == 0:
        return None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    reason = next((line for line in lines if line.startswith(("fatal:", "error:"))), None)
    return reason or (lines[-1] if lines else f"git {arguments[0]} failed")


def _preparation(folder: Path) -> list[str]:
    """List what has to be done before the remaining steps can work."""
    commands = [_enter(folder)]
    if (folder / ".git").exists() and _run(folder, ("var", "GIT_AUTHOR_IDENT")):
        commands.append('git config user.name "Your Name"')
        commands.append('git config user.email "you@example.com"')
    return commands


def _enter(folder: Path) -> str:
    return shlex.join(["cd", path_from_shell(folder)])


def _git(*arguments: str) -> str:
    return shlex.join(["git", *arguments])
