"""The first commit, with a real git in a home of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from stage7_plugin.generate.git import MESSAGE, path_from_shell, start_repository
from tests.support.template import isolated_environment

IDENTITY = "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose git configuration is empty, and an environment that uses it."""
    folder = tmp_path / "home"
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in isolated_environment(folder).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("EMAIL", raising=False)
    monkeypatch.setenv("PWD", str(tmp_path))
    (folder / "gitconfig").write_text("")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my plugin"
    folder.mkdir()
    (folder / "plugin_logic.py").write_text("x = 1\n")
    (folder / ".gitignore").write_text("*.pyc\n")
    (folder / "y.pyc").write_text("")
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()


def run_by_hand(commands: tuple[str, ...], folder: Path) -> None:
    subprocess.run(
        ["sh", "-e"], input="\n".join(commands), cwd=folder, encoding="utf-8", check=True
    )


def test_first_commit_on_main(home: Path, project: Path) -> None:
    (home / "gitconfig").write_text(f"{IDENTITY}[init]\n\tdefaultBranch = other\n")
    outcome = start_repository(project)
    assert (outcome.committed, outcome.commands) == (True, ())
    assert git(project, "rev-parse", "--abbrev-ref", "HEAD") == "main"
    assert git(project, "log", "--format=%an %s") == f"Ada Lovelace {MESSAGE}"
    assert git(project, "ls-files").splitlines() == [".gitignore", "plugin_logic.py"]
    assert git(project, "status", "--porcelain") == ""


def test_first_commit_on_main_with_an_old_git(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 2.28 it does not know init.defaultBranch."""
    (home / "gitconfig").write_text(f"{IDENTITY}[init]\n\tdefaultBranch = other\n")
    monkeypatch.setattr("stage7_plugin.generate.git._SETTINGS", ())
    assert start_repository(project).committed
    assert git(project, "branch", "--format=%(refname:short)") == "main"


def test_second_run_changes_nothing(home: Path, project: Path) -> None:
    (home / "gitconfig").write_text(IDENTITY)
    start_repository(project)
    (project / "new.py").write_text("")
    before = git(project, "rev-parse", "HEAD")
    assert start_repository(project).message == "git: already a repository; left as it is"
    assert git(project, "rev-parse", "HEAD") == before
    assert git(project, "status", "--porcelain") == "?? new.py"


def test_missing_identity_tells_the_commands_that_work(home: Path, project: Path) -> None:
    before = (home / "gitconfig").read_text()
    outcome = start_repository(project)
    assert not outcome.committed
    assert 'git config user.name "Your Name"' in outcome.commands
    assert (home / "gitconfig").read_text() == before, "never the global configuration"
    run_by_hand(outcome.commands, Path(os.environ["PWD"]))
    assert git(project, "log", "--format=%an %s") == f"Your Name {MESSAGE}"
    assert (home / "gitconfig").read_text() == before


def test_identity_is_never_made_up(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With EMAIL set, git would take the name from the system's list of users."""
    monkeypatch.setenv("EMAIL", "someone@example.com")
    assert not start_repository(project).committed


def test_missing_git_tells_the_commands_that_work(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "gitconfig").write_text(IDENTITY)
    with monkeypatch.context() as without_git:
        without_git.setenv("PATH", str(home))
        outcome = start_repository(project)
    assert "not installed" in outcome.message
    assert not (project / ".git").exists()
    run_by_hand(outcome.commands, Path(os.environ["PWD"]))
    assert git(project, "log", "--format=%s") == MESSAGE


def test_inside_another_repository(home: Path, tmp_path: Path, project: Path) -> None:
    (home / "gitconfig").write_text(IDENTITY)
    git(tmp_path, "init", "--quiet")
    outcome = start_repository(project)
    assert not outcome.committed
    assert str(tmp_path) in outcome.message
    assert not (project / ".git").exists()
    assert git(tmp_path, "diff", "--cached", "--name-only") == "", "nothing of theirs is touched"
    run_by_hand(outcome.commands, Path(os.environ["PWD"]))
    assert git(tmp_path, "log", "--format=%s") == "Add my plugin"


def test_inside_a_linked_work_tree(home: Path, tmp_path: Path, project: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert not start_repository(project).committed
    assert not (project / ".git").exists()


def test_run_by_a_git_hook_of_another_repository(
    home: Path, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There GIT_DIR and GIT_INDEX_FILE name the other repository."""
    (home / "gitconfig").write_text(IDENTITY)
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert start_repository(project).committed
    assert not (other / ".git" / "index").exists()
    assert (project / ".git" / "index").exists()


def test_refused_commit_is_reported(home: Path, project: Path) -> None:
    hooks = home / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\necho 'the secret scan says no' >&2\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    (home / "gitconfig").write_text(f"{IDENTITY}[core]\n\thooksPath = {hooks}\n")
    outcome = start_repository(project)
    assert outcome.message == "git: the secret scan says no"
    assert outcome.commands[-1].startswith("git commit")


def test_path_is_seen_from_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = (tmp_path / "a" / "b").resolve()
    monkeypatch.setenv("PWD", str(tmp_path.resolve()))
    assert path_from_shell(folder) == str(Path("a", "b"))
    monkeypatch.setenv("PWD", "/a/far/away/folder/with/a/very/long/name" * 5)
    assert path_from_shell(folder) == str(folder)
    monkeypatch.delenv("PWD")
    assert path_from_shell(folder) == str(folder)


def test_git_is_here() -> None:
    assert shutil.which("git"), "the tests in this file need git"
