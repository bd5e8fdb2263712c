"""The summary before a plugin is made: narrow, in any script, on a terminal of any encoding."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from stage7_plugin.rendering import confirming
from stage7_plugin.rendering.session import Session
from stage7_plugin.spec.text_rules import columns
from tests.support.template import ANSWERS

SESSION = Session({}, Path("out"), overwrites=False, guided=True)
ANSWERED = {**ANSWERS, "plugin_name": "文" * 80, "author": "مرحبا \u202e 🎉", "permissions": ""}


def shown(monkeypatch: pytest.MonkeyPatch, typed: str, encoding: str = "utf-8") -> str:
    """What is printed where the user types these lines."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", printed)
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    confirming.confirm(dict(ANSWERED), SESSION, lambda *_: None)
    printed.seek(0)
    return printed.read()


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp437", "ascii"])
def test_it_is_narrow_and_plain_on_a_terminal_of_any_encoding(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    text = shown(monkeypatch, "\n", encoding)
    lines = text.splitlines()
    assert "This creates a plugin in out" in lines[1]
    assert "text-echo, with the image stage7/text-echo:1.0.0:" in lines[1]
    assert len([line for line in lines if line[:4].strip().isdigit()]) == len(ANSWERS)
    assert all(columns(line) <= 79 for line in lines)
    assert "\x1b" not in text
    assert "\u202e" not in text, "it would turn the rest of the line around"
    assert "12 permissions: none" in text


@pytest.mark.parametrize("typed", ["0", "21", "-1", "1.5", "x", "00001", "٣"])
def test_what_is_no_number_of_an_answer_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    text = shown(monkeypatch, f"{typed}\n\n")
    assert f"not accepted: '{typed}' must be 1 to 20" in text
    assert text.count("This creates a plugin in") == 2


def test_what_follows_from_a_changed_answer_follows_unless_it_was_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = {**ANSWERS, "verb": "CHOSEN"}
    checked: list[str] = []
    monkeypatch.setattr(sys, "stdin", io.StringIO("Word Count\n"))
    confirming.change("plugin_name", answered, SESSION, lambda key, *_: checked.append(key))
    assert answered == {
        **ANSWERS,
        "plugin_name": "Word Count",
        "plugin_slug": "word-count",
        "verb": "CHOSEN",
    }
    assert checked == ["plugin_name", "plugin_slug"]


def test_the_version_of_python_is_left_out_in_another_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also once the language is changed here, which takes the version back to its default."""
    answered = {**ANSWERS, "python_version": "3.13"}
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\ntypescript\n\n"))
    confirming.confirm(answered, SESSION, lambda *_: None)
    before, after = capsys.readouterr().out.split("now: python")
    assert "11 python_version: 3.13" in before
    assert "python_version" not in after
    assert answered["language"] == "typescript"
    assert answered["python_version"] == "3.11"
