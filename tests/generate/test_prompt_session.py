"""A person at a real terminal: the labels, the defaults, and answers as they are typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.template import TEMPLATE, command, isolated_environment

pexpect = pytest.importorskip("pexpect", reason="needs a terminal")

KEYS = [key for key in json.loads((TEMPLATE / "cookiecutter.json").read_text()) if key[0] != "_"]
PROMPTS = len(KEYS)
HOSTILE = """{{ 7*7 }} "it's" \\ $HOME `id` {% raw %} </script> : # 🎉 مرحبا"""


class Session:
    """One run of the command in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        program, *arguments = command("--output-dir", str(folder / "out"))
        self.child = pexpect.spawn(
            program,
            arguments,
            cwd=folder,
            env={
                **isolated_environment(folder / "home"),
                "TERM": "dumb",
                "COLUMNS": "200",
                "PWD": str(folder),
            },
            encoding="utf-8",
            timeout=30,
            dimensions=(50, 200),
        )
        self.seen = ""

    def answer(self, number: int, text: str = "") -> str:
        """Wait for the prompt with that number, type the text and Enter; what the prompt was."""
        self.child.expect_exact(f"[{number}/{PROMPTS}]")
        self.child.expect(r"\): ")
        self.child.sendline(text)
        return str(self.child.before)

    def end(self) -> int:
        """Wait for the end; the exit status. What was printed since is in `seen`."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        self.seen = re.sub(r"\x1b\[[0-9;]*m", "", self.child.before).replace("\r\n", "\n")
        return int(self.child.exitstatus)


def test_enter_through_every_prompt(tmp_path: Path) -> None:
    session = Session(tmp_path)
    shown = [session.answer(number) for number in range(1, PROMPTS + 1)]
    assert session.end() == 0
    assert "Name of the plugin, as people read it (Text Echo" in shown[0]
    assert "(text-echo" in shown[1]
    assert "(TEXT_ECHO" in shown[2]
    assert "    1 - 3.11\r\n    2 - 3.12" in shown[KEYS.index("python_version")]
    assert "required - a failure fails the generation" in shown[KEYS.index("build_image")]
    assert "Next steps" in session.seen
    assert "1. cd out/text-echo" in session.seen or "1. cd /" in session.seen
    assert (tmp_path / "out" / "text-echo" / "manifest.json").is_file()


def test_what_is_typed_is_data(tmp_path: Path) -> None:
    session = Session(tmp_path)
    typed = dict.fromkeys(("plugin_name", "description", "author"), HOSTILE)
    typed |= {"plugin_slug": "typed", "verb": "TYPED", "git_init": "2"}
    for number, key in enumerate(KEYS, 1):
        session.answer(number, typed.get(key, ""))
    assert session.end() == 0
    manifest = json.loads(
        (tmp_path / "out" / "typed" / "manifest.json").read_text(encoding="utf-8")
    )
    assert [manifest[key] for key in ("name", "description", "author")] == [HOSTILE] * 3
    assert not (tmp_path / "out" / "typed" / ".git").exists()


def test_slug_and_verb_follow_the_name(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(1, "Größter Chat")
    assert "(grosster-chat" in session.answer(2)
    assert "(GROSSTER_CHAT" in session.answer(3)
    session.child.close(force=True)


def test_wrong_answers_are_told_at_the_end(tmp_path: Path) -> None:
    session = Session(tmp_path)
    typed = {"plugin_slug": "Wrong Slug", "inputs": "text", "memory": "1m"}
    for number, key in enumerate(KEYS, 1):
        session.answer(number, typed.get(key, ""))
    assert session.end() == 1
    assert "3 answers are not accepted; nothing was written." in session.seen
    for line in ("plugin_slug: 'Wrong Slug'", "inputs: 'text'", "memory: '1m'"):
        assert f"  {line}\n" in session.seen
    assert "Traceback" not in session.seen
    assert not (tmp_path / "out").exists()


def test_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(1)
    session.child.sendintr()
    assert session.end() == 1
    assert not (tmp_path / "out").exists()
