"""A person at a real terminal: the labels, the defaults, and answers as they are typed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.template import (
    command,
    isolated_environment,
)
from tests.support.terminal import (
    HOSTILE,
    KEYS,
    LANGUAGE,
    NAME,
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
