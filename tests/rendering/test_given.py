"""What Cookiecutter would ignore or drop is refused, wherever it was given."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import run

MISSPELT = {"plugin_nam": "Mine", "git_init": "no"}


def settings(folder: Path, answers: dict[str, object]) -> str:
    path = folder / "answers.yaml"
    path.write_text(json.dumps({"default_context": answers}), "utf-8")
    return str(path)


def test_a_misspelt_key_of_a_named_file(tmp_path: Path) -> None:
    result = run(tmp_path, "--no-input", "--config-file", settings(tmp_path, dict(MISSPELT)))
    assert (result.status, result.written) == (1, [])
    assert "did you mean plugin_name?" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (
            {"git_init": False},
            "git_init: False\n    rule:    must be text; in YAML, put it in quot",
        ),
        ({"python_version": 3.12}, "python_version: 3.12\n    rule:    must be text; in YAML"),
        ({"ci": "jenkins"}, "ci: 'jenkins'\n    rule:    must be one of github, gitlab, none"),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["named", "own"])
def test_a_choice_at_which_cookiecutter_stops_reading(
    tmp_path: Path, answers: dict[str, object], said: str, named: bool
) -> None:
    path = settings(tmp_path, {**answers, "plugin_name": "Mine"})
    given = ("--config-file", path) if named else ()
    own = {} if named else {"COOKIECUTTER_CONFIG": path}
    result = run(tmp_path, "--no-input", *given, environment=own)
    assert (result.status, result.written) == (1, [])
    assert said in result.output


def test_the_users_own_settings_have_keys_of_other_templates(tmp_path: Path) -> None:
    path = settings(tmp_path, {"full_name": "Ada", "github_username": "ada", "git_init": "no"})
    result = run(tmp_path, "--no-input", environment={"COOKIECUTTER_CONFIG": path})
    assert (result.status, result.written) == (0, ["text-echo"]), result.output


def made_from(folder: Path) -> dict[str, str]:
    record = json.loads((folder / "text-echo" / ".stage7-template.json").read_text("utf-8"))
    answers: dict[str, str] = record["answers"]
    return answers


@pytest.mark.parametrize(
    ("named", "typed", "status"),
    [
        (False, ("language=go",), 0),
        (False, ("language=go", "python_version=3.12"), 1),
        (True, ("language=go",), 1),
    ],
    ids=["own settings", "command line", "named file"],
)
def test_a_python_version_for_another_language(
    tmp_path: Path, named: bool, typed: tuple[str, ...], status: int
) -> None:
    """It is ignored only where it is a default: in the user's own settings."""
    path = settings(tmp_path, {"python_version": "3.12", "git_init": "no"})
    given = ("--config-file", path) if named else ()
    own = {} if named else {"COOKIECUTTER_CONFIG": path}
    result = run(tmp_path, "--no-input", *given, *typed, environment=own)
    assert result.status == status, result.output
    if status:
        assert result.written == []
        assert "python_version: '3.12'" in result.output
        assert "is only for language=python" in result.output
    else:
        assert made_from(tmp_path / "out")["python_version"] == "3.11"


def test_cruft(tmp_path: Path) -> None:
    """Its own file of answers, its JSON on the command line, and Cookiecutter's settings."""
    place = Workplace(tmp_path)
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(MISSPELT), "utf-8")
    settings(tmp_path, {"python_version": 3.12})
    for given in (
        ("--extra-context-file", str(answers)),
        ("--extra-context", json.dumps(MISSPELT)),
        ("--config-file", str(tmp_path / "answers.yaml")),
    ):
        command = (sys.executable, "-m", "cruft", "create", str(place.template), "--no-input")
        status, output = place.call(tmp_path, *command, *given)
        assert status == 1
        assert ("python_version: 3.12" if "--config-file" in given else "plugin_name") in output
        assert not (tmp_path / "text-echo").exists()


def test_a_terminal_that_cannot_express_the_path(tmp_path: Path) -> None:
    folder = tmp_path / "日本語"
    folder.mkdir()
    result = run(folder, "--no-input", "git_init=no", environment={"PYTHONIOENCODING": "cp1252"})
    assert (result.status, result.written) == (0, ["text-echo"]), result.output
    assert "Next steps" in result.output
