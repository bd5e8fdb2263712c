"""`stage7-plugin new`: Cookiecutter's command, with a message where that would have a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stage7_plugin import __version__
from tests.support.template import TEMPLATE, isolated_environment


def new(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "stage7_plugin", "new", *arguments],
        cwd=folder,
        env={**isolated_environment(folder / "home"), "PYTHONPATH": str(TEMPLATE)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def test_it_makes_a_plugin(tmp_path: Path) -> None:
    answers = ["plugin_name=Word Count", "ci=gitlab", "git_init=no"]
    status, output = new(tmp_path, "--no-input", "-o", "out", *answers)
    assert status == 0, output
    assert "Next steps" in output
    assert (tmp_path / "out" / "word-count" / ".gitlab-ci.yml").is_file()
    assert not (tmp_path / "out" / "word-count" / ".git").exists()


def test_the_last_answers_can_be_replayed(tmp_path: Path) -> None:
    assert new(tmp_path, "--no-input", "-o", "one", "plugin_name=Again", "git_init=no")[0] == 0
    status, output = new(tmp_path, "--replay", "-o", "two")
    assert status == 0, output
    assert (tmp_path / "two" / "again" / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "expected", "said"),
    [
        (["ci=jenkins"], 1, "  ci: 'jenkins'\n    rule:    must be one of github, gitlab, none"),
        (["ci=jenkins", "license=GPL"], 1, "2 answers are not accepted"),
        (["verb=lower"], 1, "  verb: 'lower'\n    rule:    must be UPPER_SNAKE_CASE"),
        (["colour=red"], 1, "there is no prompt called colour"),
        (["--config-file", "choices.yaml"], 1, "  ci: 'jenkins'"),
        (
            ["--config-file", "choices.yaml"],
            1,
            "git_init: False\n    rule:    must be text; in YAML",
        ),
        (["--config-file", "absent.yaml"], 1, "Config file absent.yaml does not exist."),
        (["--config-file", "broken.yaml"], 1, "No plugin was created; -v shows where it failed."),
        (["-o", "taken"], 1, 'Error: "taken/text-echo" directory already exists'),
        (["--colour"], 2, "No such option"),
        (["nonsense"], 2, "should contain items of the form key=value"),
    ],
)
def test_exit_status_and_message(
    tmp_path: Path, arguments: list[str], expected: int, said: str
) -> None:
    (tmp_path / "taken" / "text-echo").mkdir(parents=True)
    settings = {"default_context": {"ci": "jenkins", "git_init": False}}
    (tmp_path / "choices.yaml").write_text(json.dumps(settings))
    (tmp_path / "broken.yaml").write_text("default_context: [")
    status, output = new(tmp_path, "--no-input", *arguments)
    assert status == expected, output
    assert said in output
    assert "Traceback" not in output
    assert not (tmp_path / "text-echo").exists()
    assert not any((tmp_path / "taken" / "text-echo").iterdir())


def test_a_replay_file_that_is_not_there(tmp_path: Path) -> None:
    status, output = new(tmp_path, "--replay-file", "absent.json")
    assert (status, "No plugin was created" in output) == (1, True)
    status, output = new(tmp_path, "--replay-file", "absent.json", "--verbose")
    assert status == 1
    assert "Traceback" in output, "for those who want to know"


def test_a_replay_file_of_an_older_template(tmp_path: Path) -> None:
    assert new(tmp_path, "--no-input", "-o", "one", "git_init=no")[0] == 0
    (path,) = (tmp_path / "home" / ".cookiecutter_replay").glob("*.json")
    document = json.loads(path.read_text("utf-8"))
    del document["cookiecutter"]["__checked"]
    path.write_text(json.dumps(document), "utf-8")
    status, output = new(tmp_path, "--replay", "-o", "two")
    assert status == 0, output
    del document["cookiecutter"]["verb"]
    path.write_text(json.dumps(document), "utf-8")
    status, output = new(tmp_path, "--replay", "-o", "three")
    assert status == 1
    assert "'verb' is undefined" in output
    assert "Traceback" not in output
    assert not (tmp_path / "three").exists()


def test_the_last_version_of_python_is_no_answer_for_another_language(tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".cookiecutter_replay"
    folder.mkdir(parents=True)
    last = {"python_version": "3.12", "git_init": "no", "plugin_name": "Last"}
    (folder / f"{TEMPLATE.name}.json").write_text(json.dumps({"cookiecutter": last}), "utf-8")
    status, output = new(tmp_path, "--again", "--no-input", "-o", "out", "language=go")
    assert status == 0, output
    assert (tmp_path / "out" / "last" / "plugin_logic.go").is_file()


def test_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stage7_plugin", "--version"],
        cwd=TEMPLATE,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, f"stage7-plugin, version {__version__}\n")


def test_help_names_the_options_and_the_questions() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stage7_plugin", "new", "-h"],
        cwd=TEMPLATE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    for option in ("--no-input", "--output-dir", "--config-file", "--replay-file", "KEY=VALUE"):
        assert option in done.stdout
    for question in json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8")):
        assert question.startswith("_") or f"\n  {question} " in done.stdout
