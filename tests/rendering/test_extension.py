"""The Jinja extension inside Cookiecutter's own environment."""

from __future__ import annotations

import ast
import logging
from pathlib import Path
from typing import Any

import click
import pytest
from cookiecutter.exceptions import FailedHookException
from cookiecutter.log import configure_logger
from cookiecutter.utils import create_env_with_context
from jinja2.exceptions import UndefinedError

from stage7_plugin.rendering import extension
from stage7_plugin.rendering.specification import AnswerError
from tests.support.template import TEMPLATE, context


def rendered(source: str, **answers: str) -> str:
    variables = context(**answers)
    text: str = create_env_with_context(variables).from_string(source).render(**variables)
    return text


def test_accepted_answers_render_to_nothing() -> None:
    assert rendered("{{ check_answers(cookiecutter) }}") == ""


def test_error_is_what_cookiecutter_prints_and_what_it_cleans_up_after() -> None:
    assert issubclass(AnswerError, FailedHookException)
    assert issubclass(AnswerError, UndefinedError)
    with pytest.raises(AnswerError, match="2 answers are not accepted") as caught:
        rendered("{{ check_answers(cookiecutter) }}", cpu="0", memory="0")
    assert str(caught.value) == caught.value.message


def test_what_tools_left_in_the_template_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extension, "TEMPLATE_FOLDER", str(tmp_path))
    plugin = tmp_path / "{{cookiecutter.plugin_slug}}"
    (plugin / "tests").mkdir(parents=True)
    (plugin / "tests" / "cache.py").touch()
    assert rendered("{{ check_answers(cookiecutter) }}") == ""
    (plugin / "tests" / "__pycache__").mkdir()
    (plugin / ".DS_Store").touch()
    with pytest.raises(FailedHookException, match="nothing was written") as caught:
        rendered("{{ check_answers(cookiecutter) }}")
    listed = str(caught.value).splitlines()[1:]
    assert listed == [f"  {plugin / '.DS_Store'}", f"  {plugin / 'tests' / '__pycache__'}"]


@pytest.mark.parametrize("wrong", [{"inputs": "a:wrong"}, {"cpu": "0"}, {"verb": "lower"}])
def test_files_cannot_be_written_with_wrong_answers(wrong: dict[str, str]) -> None:
    with pytest.raises(AnswerError, match=next(iter(wrong))):
        rendered("{{ plugin.name }}", **wrong)


def test_hook_gets_what_it_needs_as_one_literal() -> None:
    written = rendered("{{ plugin.hook_answers | python_literal }}", build_image="required")
    assert ast.literal_eval(written) == {
        "git_init": "no",
        "build_image": "required",
        "ci": "github",
        "kubernetes": "no",
        "logic": "plugin_logic.py",
    }


def test_folder_of_the_template_is_absolute() -> None:
    assert rendered("{{ template_folder }}") == str(TEMPLATE)


def test_hook_is_python_before_and_after_rendering(tmp_path: Path) -> None:
    source = (TEMPLATE / "hooks" / "post_gen_project.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 40
    ast.parse(source)
    ast.parse(rendered(source, plugin_name='"""\\'))


@pytest.mark.parametrize("given", [{"plugin_nam": "x"}, '{"plugin_nam": "x"}'])
def test_misspelt_key_of_the_command_line(given: Any) -> None:
    with click.Context(click.Command("cookiecutter")) as active:
        active.params["extra_context"] = given
        with pytest.raises(AnswerError, match="did you mean plugin_name"):
            rendered("{{ check_answers(cookiecutter) }}")


@pytest.mark.parametrize("given", [None, {}, {"cpu": "1"}, "not JSON", "[1]"])
def test_command_lines_without_a_misspelt_key(given: Any) -> None:
    with click.Context(click.Command("cookiecutter")) as active:
        active.params["extra_context"] = given
        assert rendered("{{ check_answers(cookiecutter) }}") == ""


def hook_failure(level: int) -> logging.LogRecord:
    create_env_with_context(context())
    configure_logger(logging.getLevelName(level))
    error = ValueError("x")
    record = logging.LogRecord(
        "cookiecutter.hooks", logging.ERROR, "", 1, "failed", (), (ValueError, error, None)
    )
    assert logging.getLogger("cookiecutter.hooks").filter(record)
    return record


@pytest.fixture
def _restored_logger() -> Any:
    logger = logging.getLogger("cookiecutter")
    level, handlers = logger.level, logger.handlers
    yield
    logger.setLevel(level)
    logger.handlers = handlers


@pytest.mark.usefixtures("_restored_logger")
def test_traceback_of_a_failed_hook_is_kept_for_verbose_alone() -> None:
    assert hook_failure(logging.INFO).exc_info is None
    assert hook_failure(logging.DEBUG).exc_info is not None
