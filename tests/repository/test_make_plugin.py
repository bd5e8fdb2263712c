"""The first thing that a stranger does: clone, `make plugin`, Enter through the questions."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.support.template import TEMPLATE, isolated_environment


@pytest.mark.network
def test_make_plugin_in_a_fresh_clone(tmp_path: Path) -> None:
    clone = tmp_path / "template"
    subprocess.run(["git", "clone", "--quiet", str(TEMPLATE), str(clone)], check=True)
    environment = isolated_environment(tmp_path / "home")
    screen = io.StringIO()

    def make(*variables: str) -> pexpect.spawn[str]:
        """Start `make plugin`, as a user with a terminal does."""
        session = pexpect.spawn(
            "make",
            ["plugin", f"PYTHON={sys.executable}", *variables],
            cwd=str(clone),
            env={**environment, "PATH": os.environ["PATH"], "TERM": "dumb", "COLUMNS": "200"},
            encoding="utf-8",
            timeout=180,
        )
        session.logfile_read = screen
        return session

    session = make()
    prompts = [key for key in settings() if not key.startswith("_")]
    for number in range(1, len(prompts) + 1):
        session.expect_exact(f"[{number}/{len(prompts)}]")
        session.expect(r"\): $")
        is_slug = prompts[number - 1] == "plugin_slug"
        session.sendline("Wrong Slug" if is_slug else "")
        if is_slug:  # asked again at once
            session.expect_exact("example: ")
            session.expect(": $")
            session.sendline("first-one")
    session.expect_exact("changes that answer: ")
    session.sendline("")
    session.expect_exact("Next steps")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0, screen.getvalue()
    manifest = json.loads((tmp_path / "first-one" / "manifest.json").read_text("utf-8"))
    assert manifest["id"] == "first-one"

    again = make("AGAIN=1")
    for number in range(1, prompts.index("plugin_slug") + 1):
        again.expect_exact(f"[{number}/")
        again.expect(r"\): $")
        again.sendline("")
    again.expect_exact("(first-one): ")
    again.sendintr()
    again.expect(pexpect.EOF)


def settings() -> dict[str, object]:
    """cookiecutter.json."""
    loaded: dict[str, object] = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))
    return loaded


def test_make_says_what_it_can_do() -> None:
    done = subprocess.run(["make"], cwd=TEMPLATE, capture_output=True, text=True, check=True)
    for target in ("plugin", "test", "lint"):
        assert f"make {target} " in done.stdout


def test_an_old_python_is_reported(tmp_path: Path) -> None:
    makefile = (TEMPLATE / "Makefile").read_text("utf-8")
    # As if the oldest supported version were one that does not exist yet.
    assert "(3, 10)" in makefile
    (tmp_path / "Makefile").write_text(makefile.replace("(3, 10)", "(3, 99)"), "utf-8")
    command = ["make", "plugin", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Python 3.10 or newer is needed" in done.stderr
    assert not (tmp_path / ".venv").exists()
