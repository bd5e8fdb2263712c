"""Every way to fail, through the real command: one message, exit status 1, nothing left behind."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.spec.answers import CHOICES
from tests.support.rejected import REJECTED
from tests.support.template import ANSWERS, TEMPLATE, Run, context, generate, run

# A choice that is not on the list never reaches the template: Cookiecutter itself refuses it.
OWN_RULES = {prompt: values for prompt, values in REJECTED.items() if prompt not in CHOICES}


def assert_nothing_is_left(result: Run) -> None:
    assert result.status == 1, result.output
    assert result.written == []
    assert "Traceback" not in result.output


def message(prompt: str, value: str) -> str:
    return f"  {prompt}: {value!r}"


@pytest.mark.parametrize("prompt", OWN_RULES)
def test_one_wrong_answer(tmp_path: Path, prompt: str) -> None:
    value = OWN_RULES[prompt][0]
    result = generate(tmp_path, **{prompt: value})
    assert_nothing_is_left(result)
    first, empty, shown, rule, example, *rest = result.output.splitlines()
    assert (first, empty) == ("1 answer is not accepted; nothing was written.", "")
    assert shown.startswith(f"  {prompt}: ")
    assert rule.startswith("    rule:    ")
    assert example.startswith("    example: ")
    assert rest == []


def test_all_wrong_answers_at_once(tmp_path: Path) -> None:
    wrong = {
        **{prompt: values[0] for prompt, values in OWN_RULES.items()},
        "plugin_name": "x" * 81,
        "verb": "CHAT",
        "inputs": "a:text; b; class:any; text:number=x; result:any",
    }
    result = generate(tmp_path, "plugin_nam=Text", **wrong)
    assert_nothing_is_left(result)
    prompts = [line.split(":")[0] for line in result.output.splitlines() if line[:3].strip()]
    expected = [key for key in ANSWERS if key in wrong for _ in range(4 if key == "inputs" else 1)]
    assert prompts[1:] == [f"  {prompt}" for prompt in ["plugin_nam", *expected]]


def test_name_twice(tmp_path: Path) -> None:
    result = generate(tmp_path, inputs="a:any", outputs="a:any")
    assert_nothing_is_left(result)
    assert message("inputs, outputs", "a") in result.output


@pytest.mark.parametrize(
    ("key", "meant"),
    [("plugin_nam", "plugin_name"), ("Description", "description"), ("timeout", None)],
)
def test_misspelt_key(tmp_path: Path, key: str, meant: str | None) -> None:
    result = generate(tmp_path, **{key: "x"})
    assert_nothing_is_left(result)
    assert f"there is no prompt called {key}" in result.output
    assert (f"did you mean {meant}?" in result.output) == (meant is not None)


def test_name_from_which_nothing_can_be_derived(tmp_path: Path) -> None:
    result = generate(tmp_path, plugin_name="🎉")
    assert_nothing_is_left(result)
    assert "plugin_slug=text-echo (nothing could be derived from plugin_name" in result.output
    assert generate(tmp_path, plugin_name="🎉", plugin_slug="party", verb="PARTY").status == 0


@pytest.mark.parametrize("prompt", CHOICES)
def test_choice_that_is_not_on_the_list(tmp_path: Path, prompt: str) -> None:
    """Cookiecutter 2.7 ends with a traceback there, before it looks at anything of a template."""
    result = generate(tmp_path, **{prompt: "other"})
    assert result.status == 1
    assert result.written == []
    assert f"other provided for choice variable {prompt}, but the choices are" in result.output


def test_existing_folder_is_left_alone(tmp_path: Path) -> None:
    existing = tmp_path / "out" / "text-echo"
    existing.mkdir(parents=True)
    (existing / "mine.txt").write_text("mine")
    result = generate(tmp_path)
    assert result.status == 1
    assert "already exists" in result.output
    assert [path.name for path in existing.iterdir()] == ["mine.txt"]


def test_wrong_answers_over_an_existing_folder_change_nothing(tmp_path: Path) -> None:
    existing = tmp_path / "out" / "text-echo"
    existing.mkdir(parents=True)
    (existing / "README.md").write_text("mine")
    result = generate(tmp_path, "--overwrite-if-exists", cpu="0")
    assert result.status == 1
    assert [path.read_text() for path in existing.iterdir()] == ["mine"]


def test_wrong_default_in_the_user_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("default_context:\n  memory: 1m\n  cpu: 0\n")
    result = run(tmp_path, "--no-input", "--config-file", str(config))
    assert_nothing_is_left(result)
    assert message("memory", "1m") in result.output
    assert message("cpu", "0") in result.output


def replay(folder: Path, **answers: Any) -> Run:
    """Replay a file of answers, whose private check Cookiecutter does not run again."""
    file = folder / "replay.json"
    content = context(**answers)
    content["cookiecutter"]["__checked"] = ""
    file.write_text(json.dumps(content))
    return run(folder, "--replay-file", str(file))


def test_replay_of_right_answers(tmp_path: Path) -> None:
    result = replay(tmp_path)
    assert (result.status, result.written) == (0, ["text-echo"])


@pytest.mark.parametrize(
    ("prompt", "value"),
    [
        ("plugin_slug", "Wrong Slug"),
        ("description", "short"),
        ("inputs", "a"),
        ("outputs", ""),
        ("memory", "lots"),
        ("timeout_seconds", "never"),
        ("cpu", 0.5),
        ("inputs", ["a:any"]),
        ("license", "../../README.md"),
        ("permissions", "everything"),
    ],
)
def test_replay_of_a_wrong_answer(tmp_path: Path, prompt: str, value: Any) -> None:
    result = replay(tmp_path, **{prompt: value})
    assert_nothing_is_left(result)
    assert f"  {prompt}: " in result.output


def test_check_that_is_overridden_is_done_anyway(tmp_path: Path) -> None:
    result = generate(tmp_path, "__checked=yes", cpu="0")
    assert_nothing_is_left(result)
    assert message("cpu", "0") in result.output


def test_required_image_that_cannot_be_built(tmp_path: Path) -> None:
    nowhere = {"DOCKER_HOST": "tcp://127.0.0.1:1"}
    given = [f"{key}={value}" for key, value in {**ANSWERS, "build_image": "required"}.items()]
    result = run(tmp_path, "--no-input", *given, environment=nowhere)
    assert_nothing_is_left(result)


def test_image_that_cannot_be_built_keeps_the_plugin(tmp_path: Path) -> None:
    nowhere = {"DOCKER_HOST": "tcp://127.0.0.1:1", **identity()}
    given = {**ANSWERS, "build_image": "yes", "git_init": "yes"}
    arguments = [f"{key}={value}" for key, value in given.items()]
    result = run(tmp_path, "--no-input", *arguments, environment=nowhere)
    assert (result.status, result.written) == (0, ["text-echo"])
    assert (tmp_path / "out" / "text-echo" / ".git").is_dir()
    assert "builds the image" in result.output
    assert "Traceback" not in result.output


def test_missing_identity_is_a_warning(tmp_path: Path) -> None:
    result = generate(tmp_path, git_init="yes")
    assert (result.status, result.written) == (0, ["text-echo"])
    assert 'git config user.name "Your Name"' in result.output


@pytest.mark.skipif(os.name == "nt", reason="needs a PATH of symbolic links")
def test_missing_git_is_a_warning(tmp_path: Path) -> None:
    result = run(
        tmp_path, "--no-input", "git_init=yes", environment={"PATH": str(tmp_path / "nothing")}
    )
    assert (result.status, result.written) == (0, ["text-echo"])
    assert "git: it is not installed" in result.output


def identity() -> dict[str, str]:
    """A git identity in the environment."""
    names = {"AUTHOR": "Ada", "COMMITTER": "Ada"}
    return {
        **{f"GIT_{role}_NAME": name for role, name in names.items()},
        **{f"GIT_{role}_EMAIL": "ada@example.com" for role in names},
    }


def test_template_itself_is_not_changed_by_a_run(tmp_path: Path) -> None:
    before = (TEMPLATE / "cookiecutter.json").read_bytes()
    generate(tmp_path)
    assert (TEMPLATE / "cookiecutter.json").read_bytes() == before
