"""Filters and globals by which the template reaches this package; see `template_extension.py`."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from cookiecutter import __version__ as cookiecutter_version
from cookiecutter.exceptions import FailedHookException
from jinja2 import Environment
from jinja2.exceptions import UndefinedError

from stage7_plugin.rendering import (
    escaping,
    example_request,
    planner_texts,
    provenance,
    python_stub,
    readme_tables,
)
from stage7_plugin.spec import answers, derived, image_name, strict_json
from stage7_plugin.spec.parameters import Parameter, Prompt, parse_parameters
from stage7_plugin.spec.problems import format_problems

# Resolved now: the path may be relative, and Cookiecutter changes the working directory.
TEMPLATE_FOLDER = str(Path(__file__).resolve().parents[2])


OLDEST_COOKIECUTTER = (2, 6)


class AnswerError(FailedHookException, UndefinedError):  # type: ignore[misc]
    """Answers are not accepted; the text is the whole message for the user.

    Cookiecutter prints a FailedHookException without a traceback and exits with 1, but removes
    a half-written project only for an UndefinedError: this is both.
    """


def install(environment: Environment) -> None:
    """Add the filters and globals that the template and its hook use.

    Raises:
        FailedHookException: Cookiecutter is too old; it prints that without a traceback.
    """
    _check_cookiecutter(cookiecutter_version)
    environment.globals.update(GLOBALS)
    environment.filters.update(FILTERS)
    _quiet_hook_failures()


def _check_cookiecutter(version: str) -> None:
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST_COOKIECUTTER:
        raise FailedHookException(
            f"This is Cookiecutter {version}, and the template needs "
            f"{'.'.join(map(str, OLDEST_COOKIECUTTER))} or newer: "
            "python -m pip install --upgrade cookiecutter"
        )


def check_answers(context: Mapping[str, Any]) -> str:
    """Nothing for acceptable answers.

    Raises:
        AnswerError: With every problem of every answer.
    """
    problems = answers.unknown_keys(_command_line_answers(), context) + answers.check(context)
    if problems:
        raise AnswerError(format_problems(problems))
    return ""


def is_linked(context: Mapping[str, Any]) -> bool:
    """Whether cruft renders the template, which it does again and again for one plugin."""
    return "_commit" in context


def hook_answers(context: Mapping[str, Any]) -> dict[str, str]:
    """The answers alone, without what Cookiecutter adds."""
    return {prompt: context[prompt] for prompt in context if prompt in answers.PROMPTS}


def _provenance(context: Mapping[str, Any]) -> dict[str, Any]:
    return provenance.provenance(context, answers.PROMPTS)


def _parameters(prompt: Prompt, text: str) -> list[Parameter]:
    problems = answers.check({prompt: text})
    if problems:
        raise AnswerError(format_problems(problems))
    return parse_parameters(prompt, text)[0]


def _inputs(text: str) -> list[Parameter]:
    return _parameters("inputs", text)


def _outputs(text: str) -> list[Parameter]:
    return _parameters("outputs", text)


def _definitions(parameters: list[Parameter]) -> list[dict[str, Any]]:
    return [parameter.definition() for parameter in parameters]


def _command_line_answers() -> Mapping[str, Any]:
    """What was given to the command as key=value, or as JSON to cruft; empty elsewhere."""
    command = click.get_current_context(silent=True)
    given = command.params.get("extra_context") if command else None
    if isinstance(given, str):
        try:
            given = strict_json.decode(given)
        except ValueError:
            return {}
    return given if isinstance(given, Mapping) else {}


def _quiet_hook_failures() -> None:
    """Keep Cookiecutter from printing a traceback behind a hook's own message, unless --verbose."""
    logger = logging.getLogger("cookiecutter.hooks")
    if _without_traceback not in logger.filters:
        logger.addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    handlers = logging.getLogger("cookiecutter").handlers
    if not any(handler.level <= logging.DEBUG for handler in handlers):
        record.exc_info = None
    return True


GLOBALS: dict[str, Any] = {
    "default_author": derived.default_author,
    "template_folder": TEMPLATE_FOLDER,
}
FILTERS: dict[str, Callable[..., Any]] = {
    "check_answers": check_answers,
    "hook_answers": hook_answers,
    "is_linked": is_linked,
    "inputs": _inputs,
    "outputs": _outputs,
    "definitions": _definitions,
    "plugin_slug": derived.plugin_slug,
    "verb": derived.verb,
    "default_description": derived.description,
    "image": image_name.image,
    "memory_megabytes": derived.memory_megabytes,
    "permission_list": derived.permission_list,
    "example_request": example_request.example_request,
    "example_value": example_request.example_value,
    "provenance": _provenance,
    "made_from": provenance.made_from,
    "explanation": planner_texts.explanation,
    "semantic_description": planner_texts.semantic_description,
    "input_guidance": planner_texts.input_guidance,
    "keywords": planner_texts.keywords,
    "usage_example": planner_texts.usage_example,
    "input_rows": readme_tables.input_rows,
    "output_rows": readme_tables.output_rows,
    "parameter_docs": python_stub.parameter_docs,
    "input_locals": python_stub.input_locals,
    "received_list": python_stub.received_list,
    "output_values": python_stub.output_values,
    "json": escaping.json,
    "json_string": escaping.json_string,
    "yaml_string": escaping.json_string,
    "toml_string": escaping.json_string,
    "compose_string": escaping.compose_string,
    "python_literal": escaping.python_literal,
    "docstring": escaping.docstring,
    "dockerfile_string": escaping.dockerfile_string,
    "shell_word": escaping.shell_word,
    "markdown": escaping.markdown,
    "markdown_code": escaping.markdown_code,
}
