"""A user at a terminal with `stage7-plugin new`: lines, numbers, summary, the last answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.template import TEMPLATE
from tests.support.terminal import (
    HOSTILE,
    INPUTS,
    KEYS,
    NAME,
    OUTPUTS,
    PERMISSIONS,
    PROMPTS,
    SLUG,
    VERB,
    Session,
)


def guided(folder: Path, *options: str, **variables: str) -> Session:
    """Start `stage7-plugin new` at a terminal of 80 columns."""
    program = [sys.executable, "-m", "stage7_plugin", "new", "-o", str(folder / "out")]
    variables = {"PYTHONPATH": str(TEMPLATE), **variables}
    return Session(folder, *options, program=program, columns=80, **variables)


def summary(session: Session) -> str:
    """Wait for the summary; its lines."""
    session.child.expect_exact("This creates a plugin in ")
    session.child.expect_exact("Enter creates it, a number changes that answer: ")
    return str(session.child.before).replace("\r\n", "\n")


def test_one_a_line_by_number_and_changed_in_the_summary(tmp_path: Path) -> None:
    session = guided(tmp_path, LANG="C", LC_ALL="C", NO_COLOR="1")
    session.answer(NAME, "Word Count")
    session.answer(SLUG, "Wrong Slug")
    session.again("word-count")
    session.answer(VERB)
    session.answer(INPUTS, "text:string - Text to count;")
    for line in ("limit:numbr", "limit:number=5", ""):
        session.child.expect_exact("the next one (Enter: no more): ")
        session.child.sendline(line)
        if line == "limit:numbr":
            session.child.expect_exact("did you mean number?")
    session.answer(OUTPUTS, "words:number")
    for number in range(OUTPUTS + 1, PERMISSIONS):
        session.answer(number)
    session.answer(PERMISSIONS, "?")
    assert "4 net.fetch" in session.again("4, 1")
    session.rest(PERMISSIONS + 1)

    shown = summary(session)
    assert "with the image stage7/word-count:1.0.0" in shown
    assert f" {INPUTS} inputs: text:string - Text to count; limit:number=5\n" in shown
    assert f"{PERMISSIONS} permissions: net.fetch, fs.read\n" in shown
    assert all(len(line) < 80 for line in shown.splitlines()[1:])
    assert "\x1b[3" not in session.child.before, "no colour"
    session.child.sendline(f"{PROMPTS + 1}")
    session.child.expect_exact(f"must be 1 to {PROMPTS}")
    summary(session)
    session.child.sendline(str(NAME))
    session.child.expect_exact("Word Count  (Enter keeps it)")
    session.child.sendline("x" * 90)
    session.again("Line Count")
    assert f" {VERB} verb: LINE_COUNT\n" in summary(session)
    session.child.sendline(str(KEYS.index("ci") + 1))
    session.child.expect_exact("[github, gitlab, none]: ")
    session.child.sendline("none")
    assert not (tmp_path / "out").exists(), "nothing is written before the last Enter"
    assert f" {SLUG} plugin_slug: line-count\n" in summary(session)
    session.child.sendline("")
    assert session.end() == 0

    manifest = session.manifest("line-count")
    assert manifest["verb"] == "LINE_COUNT"
    assert manifest["description"] == (
        "Takes text (string) and limit (number) and returns words (number)"
    )
    assert not (tmp_path / "out" / "line-count" / ".github").exists()


@pytest.mark.parametrize("stop", ["sendintr", "sendeof"])
def test_the_end_at_the_summary_leaves_nothing(tmp_path: Path, stop: str) -> None:
    session = guided(tmp_path)
    session.rest(1)
    summary(session)
    getattr(session.child, stop)()
    assert session.end() == 1
    assert "Aborted" in session.seen
    assert not (tmp_path / "out").exists()


def test_again_offers_the_last_answers(tmp_path: Path) -> None:
    first = guided(tmp_path)
    typed = {"plugin_name": HOSTILE, "plugin_slug": "typed", "verb": "TYPED"}
    typed |= {"memory": "512m", "git_init": "2", "author": "Zo\u00eb \U0001f389 {{ 1 }}"}
    for number, key in enumerate(KEYS, 1):
        first.answer(number, typed.get(key, ""))
    summary(first)
    first.child.sendline("")
    assert first.end() == 0

    second = guided(tmp_path, "--again", "plugin_name=Other Name")
    assert "(Other Name" in second.answer(NAME)
    assert "(typed" in second.answer(SLUG, "other-name")
    for number in range(VERB, len(KEYS) + 1):
        asked = second.answer(number)
        if KEYS[number - 1] == "memory":
            assert "(512m" in asked
    summary(second)
    second.child.sendline("")
    assert second.end() == 0
    manifest = second.manifest("other-name")
    assert manifest["author"] == typed["author"]
    assert manifest["container"]["resources"]["memory"] == "512m"
    assert not (tmp_path / "out" / "other-name" / ".git").exists()


def test_answers_that_follow_from_the_last_name_follow_the_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".cookiecutter_replay"
    folder.mkdir(parents=True)
    last = {"plugin_name": "Old Name", "plugin_slug": "old-name", "verb": "OLD_NAME", "ci": "gone"}
    path = folder / f"{TEMPLATE.name}.json"
    path.write_text(json.dumps({"cookiecutter": last}), "utf-8")
    session = guided(tmp_path, "--again")
    assert "(Old Name" in session.answer(NAME, "New Name")
    assert "(new-name" in session.answer(SLUG)
    assert "(NEW_NAME" in session.answer(VERB)
    session.child.close(force=True)


def test_without_last_answers_there_is_nothing_to_offer(tmp_path: Path) -> None:
    session = guided(tmp_path, "--again")
    assert session.end() == 1
    assert "there are no previous answers in" in session.seen
