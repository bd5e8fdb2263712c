"""A wrong answer at a real terminal is asked again at its question, by every command."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import (
    TEMPLATE,
    cookiecutter_of_version,
)
from tests.support.terminal import (
    INPUTS,
    KEYS,
    NAME,
    OLDEST,
    OUTPUTS,
    SLUG,
    VERB,
    Session,
)


def test_a_wrong_slug_is_asked_again_at_once(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(NAME, "My Tool")
    session.answer(SLUG, "Wrong Slug")
    said = session.again("still Wrong")
    assert "not accepted: 'Wrong Slug' must be lower-case words" in said
    assert "'still Wrong'" in session.again("right-one")
    session.rest(VERB)
    assert session.end() == 0
    assert session.manifest("right-one")["name"] == "My Tool"


def test_the_default_is_offered_again(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(NAME, "My Tool")
    session.answer(SLUG)
    session.answer(VERB, "my tool")
    session.again("")
    memory = KEYS.index("memory") + 1
    for number in range(INPUTS, memory):
        session.answer(number)
    session.answer(memory, "256")
    session.again("")
    session.rest(memory + 1)
    assert session.end() == 0
    manifest = session.manifest("my-tool")
    assert manifest["verb"] == "MY_TOOL"
    assert manifest["container"]["resources"]["memory"] == "256m"


def test_slug_and_verb_follow_a_corrected_name(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(NAME, "x" * 90)
    session.again("Good Name")
    assert "(good-name" in session.answer(SLUG)
    assert "(GOOD_NAME" in session.answer(VERB)
    session.child.close(force=True)


def test_a_name_that_occurs_twice_is_asked_again_at_the_outputs(tmp_path: Path) -> None:
    session = Session(tmp_path)
    for number in range(1, INPUTS):
        session.answer(number)
    session.answer(KEYS.index("inputs") + 1, "a:text; b")
    assert "a:text" in session.again("a:string - The a")
    session.answer(KEYS.index("outputs") + 1, "a:string - The same name")
    assert "twice" in session.again("b:string - The b")
    session.rest(KEYS.index("outputs") + 2)
    assert session.end() == 0
    manifest = session.manifest("text-echo")
    assert [manifest["inputDefinitions"][0]["name"], manifest["outputDefinitions"][0]["name"]] == [
        "a",
        "b",
    ]


def test_a_wrong_default_from_a_config_file_is_asked_again(tmp_path: Path) -> None:
    config = tmp_path / "answers.yaml"
    config.write_text("default_context:\n  memory: 1m\n")
    session = Session(tmp_path, "--config-file", str(config))
    number = KEYS.index("memory") + 1
    for before in range(1, number):
        session.answer(before)
    assert "(1m" in session.answer(number)
    session.again("64m")
    session.rest(number + 1)
    assert session.end() == 0
    assert session.manifest("text-echo")["container"]["resources"]["memory"] == "64m"


def test_an_existing_folder_is_reported_at_the_slug(tmp_path: Path) -> None:
    (tmp_path / "out" / "text-echo").mkdir(parents=True)
    session = Session(tmp_path)
    session.answer(NAME)
    session.answer(SLUG)
    said = session.again("other-one")
    assert "out/text-echo already exists" in said
    assert "--overwrite-if-exists" in said
    session.rest(VERB)
    assert session.end() == 0
    assert session.manifest("other-one")["id"] == "other-one"
    assert not list((tmp_path / "out" / "text-echo").iterdir())


def test_an_existing_folder_may_be_overwritten_when_asked_to(tmp_path: Path) -> None:
    (tmp_path / "out" / "text-echo").mkdir(parents=True)
    session = Session(tmp_path, "--overwrite-if-exists")
    session.rest(1)
    assert session.end() == 0


def test_a_misspelt_key_is_reported_before_the_first_question(tmp_path: Path) -> None:
    session = Session(tmp_path, "plugin_nam=Word Count")
    assert session.end() == 1
    assert "[1/" not in session.seen
    assert "did you mean plugin_name?" in session.seen
    assert "Traceback" not in session.seen
    assert not (tmp_path / "out").exists()


def test_it_gives_up_after_some_attempts(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(NAME)
    session.answer(SLUG, "Wrong 0")
    for attempt in range(1, 6):
        session.again(f"Wrong {attempt}")
    assert session.end() == 1
    assert "1 answer is not accepted; nothing was written." in session.seen
    assert "plugin_slug: 'Wrong 5'" in session.seen
    assert not (tmp_path / "out").exists()


def test_a_question_for_the_permissions_costs_no_attempt(tmp_path: Path) -> None:
    session = Session(tmp_path)
    number = KEYS.index("permissions") + 1
    for before in range(1, number):
        session.answer(before)
    session.answer(number, "?")
    for typed in ("?", "?", "15", "16", "17", "18"):
        session.again(typed)
    said = session.again("4, 1")
    assert "'18' must be a comma-separated list" in said
    session.rest(number + 1)
    assert session.end() == 0
    permissions = session.manifest("text-echo")["security"]["permissions"]
    assert permissions == ["net.fetch", "fs.read"]


def test_questions_for_the_permissions_end(tmp_path: Path) -> None:
    """A program that answers everything with ? would never stop."""
    session = Session(tmp_path)
    number = KEYS.index("permissions") + 1
    for before in range(1, number):
        session.answer(before)
    session.answer(number, "?")
    assert "not accepted" not in session.again("?")
    for _ in range(9):
        session.again("?")
    assert session.end() == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("stop", ["sendintr", "sendeof"])
def test_the_end_at_a_repeated_question_leaves_nothing(tmp_path: Path, stop: str) -> None:
    session = Session(tmp_path)
    session.answer(NAME)
    session.answer(SLUG, "Wrong Slug")
    session.child.expect_exact("example: ")
    session.child.expect(": $")
    getattr(session.child, stop)()
    assert session.end() == 1
    assert "Aborted" in session.seen
    assert "Traceback" not in session.seen
    assert not (tmp_path / "out").exists()


def test_cruft_create_asks_again(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    out = str(tmp_path / "out")
    cruft = [sys.executable, "-m", "cruft", "create", str(place.template), "--output-dir", out]
    session = Session(tmp_path, program=cruft)
    session.answer(NAME)
    session.answer(SLUG, "Wrong Slug")
    session.again("good")
    session.rest(VERB)
    assert session.end() == 0
    assert session.manifest("good")["id"] == "good"


def test_cruft_create_reports_a_misspelt_key_before_the_first_question(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    cruft = [sys.executable, "-m", "cruft", "create", str(place.template)]
    session = Session(tmp_path, "--extra-context", '{"plugin_nam": "X"}', program=cruft)
    assert session.end() == 1
    assert "[1/" not in session.seen
    assert "did you mean plugin_name?" in session.seen


@pytest.mark.network
def test_the_oldest_cookiecutter_asks_again(tmp_path: Path) -> None:
    python = cookiecutter_of_version(f"{OLDEST}.0", tmp_path)
    program = [python, "-m", "cookiecutter", str(TEMPLATE), "--output-dir", str(tmp_path / "out")]
    session = Session(tmp_path, program=program)
    session.answer(NAME)
    session.answer(SLUG, "Wrong Slug")
    session.again("good")
    permissions = KEYS.index("permissions") + 1
    for number in range(VERB, permissions):
        session.answer(number)
    session.answer(permissions, "?")
    assert "4 net.fetch" in session.again("4, 1")
    session.rest(permissions + 1)
    assert session.end() == 0
    made = session.manifest("good")
    assert made["id"] == "good"
    assert made["security"]["permissions"] == ["net.fetch", "fs.read"]

    program = [python, "-m", "stage7_plugin", "new", "--output-dir", str(tmp_path / "out")]
    session = Session(tmp_path, "--again", program=program, PYTHONPATH=str(TEMPLATE))
    session.answer(NAME, "Third's Name")
    session.answer(SLUG, "Wrong Slug")
    session.again("third")
    session.answer(VERB)
    session.answer(INPUTS, "a:string;")
    for line in ("b:number=5", ""):
        session.child.expect_exact("no more): ")
        session.child.sendline(line)
    session.rest(OUTPUTS)
    session.child.expect_exact("changes that answer: ")
    session.child.sendline("")
    assert session.end() == 0
    made = session.manifest("third")
    assert made["verb"] == "THIRDS_NAME"
    assert [one["name"] for one in made["inputDefinitions"]] == ["a", "b"]
