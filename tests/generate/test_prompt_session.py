"""A person at a real terminal: the labels, the defaults, and answers as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import (
    TEMPLATE,
    command,
    cookiecutter_of_version,
    isolated_environment,
)
from tests.support.terminal import (
    HOSTILE,
    INPUTS,
    KEYS,
    LANGUAGE,
    NAME,
    OLDEST,
    OUTPUTS,
    PROMPTS,
    SLUG,
    VERB,
    Session,
)


def test_enter_through_every_prompt(tmp_path: Path) -> None:
    session = Session(tmp_path)
    shown = [session.answer(number) for number in range(1, PROMPTS + 1)]
    assert session.end() == 0
    assert "Name, as people read it, such as Word Count (Text Echo" in shown[NAME - 1]
    assert "(text-echo" in shown[SLUG - 1]
    assert "(TEXT_ECHO" in shown[VERB - 1]
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
    session.answer(NAME, "Größter Chat")
    assert "(groesster-chat" in session.answer(SLUG)
    assert "(GROESSTER_CHAT" in session.answer(VERB)
    session.child.close(force=True)


def test_a_default_of_the_users_own_for_python_is_no_answer_for_go(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text('default_context: {"python_version": "3.12"}', "utf-8")
    session = Session(tmp_path, COOKIECUTTER_CONFIG=str(own))
    session.answer(LANGUAGE, "3")
    session.rest(NAME)
    assert session.end() == 0
    assert "not accepted" not in session.seen
    record = json.loads((tmp_path / "out/text-echo/.stage7-template.json").read_text("utf-8"))
    assert record["answers"]["language"] == "go"
    assert record["answers"]["python_version"] == "3.11"


def test_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(NAME)
    session.child.sendintr()
    assert session.end() == 1
    assert not (tmp_path / "out").exists()


def test_a_wrong_slug_is_asked_again_at_once(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.answer(NAME, "My Tool")
    session.answer(SLUG, "Wrong Slug")
    said = session.again("still Wrong")
    assert "not accepted: 'Wrong Slug' must be lower-case letters" in said
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
    assert "'18' must be a comma-separated choice" in said
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


def test_no_input_at_a_terminal_collects_all_problems(tmp_path: Path) -> None:
    session = Session(tmp_path, "--no-input", "plugin_slug=Wrong Slug", "memory=1m")
    assert session.end() == 1
    assert "2 answers are not accepted; nothing was written." in session.seen
    assert not (tmp_path / "out").exists()


def test_a_pipe_is_not_asked_again(tmp_path: Path) -> None:
    arguments = command("--output-dir", "out", "plugin_slug=Wrong Slug", "memory=1m")
    done = subprocess.run(
        arguments,
        cwd=tmp_path,
        env=isolated_environment(tmp_path / "home"),
        input="\n" * 40,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "2 answers are not accepted; nothing was written." in done.stdout
    assert not (tmp_path / "out").exists()


def test_replay_at_a_terminal_is_not_asked(tmp_path: Path) -> None:
    made = subprocess.run(
        command("--output-dir", "first", "--no-input", "git_init=no"),
        cwd=tmp_path,
        env=isolated_environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout
    (replay,) = (tmp_path / "home" / ".cookiecutter_replay").glob("*.json")
    document = json.loads(replay.read_text("utf-8"))
    document["cookiecutter"]["memory"] = "1m"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(document))
    session = Session(tmp_path, "--replay-file", str(wrong))
    assert session.end() == 1
    assert "1 answer is not accepted; nothing was written." in session.seen
    assert not (tmp_path / "out" / "text-echo").exists()


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
