"""Filters and globals by which the template reaches this package; see `template_extension.py`."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from cookiecutter import __version__ as cookiecutter_version
from cookiecutter.exceptions import FailedHookException
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from stage7_plugin.rendering import (
    asking,
    constant_templates,
    entries,
    escaping,
    given,
    go_stub,
    provenance,
    python_stub,
    readme_tables,
    typescript_stub,
)
from stage7_plugin.rendering.session import session
from stage7_plugin.rendering.specification import AnswerError, PluginContext, specification
from stage7_plugin.rendering.template_folder import left_by_tools
from stage7_plugin.spec import derived
from stage7_plugin.spec.plugin_spec import AnswersRefused
from stage7_plugin.spec.problems import format_problems, printable

# Resolved now: the path may be relative, and Cookiecutter changes the working directory.
TEMPLATE_FOLDER = str(Path(__file__).resolve().parents[2])

OLDEST_COOKIECUTTER = (2, 6)


def install(environment: Environment) -> None:
    """Add what the template and its hook use: filters, globals and the variable `plugin`.

    Raises:
        FailedHookException: Cookiecutter is too old; it prints that without a traceback.
    """
    _check_cookiecutter(cookiecutter_version)
    environment.context_class = PluginContext
    environment.globals.update(GLOBALS)
    environment.filters.update(FILTERS)
    constant_templates.shorten(environment)
    entries.install(environment)
    _quiet_hook_failures()
    if session() is None:  # or the answers may take minutes, and the template may change meanwhile
        provenance.ask_git()


def _check_cookiecutter(version: str) -> None:
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST_COOKIECUTTER:
        raise FailedHookException(
            f"This is Cookiecutter {version}, but the template needs "
            f"{'.'.join(map(str, OLDEST_COOKIECUTTER))} or newer: "
            "python -m pip install --upgrade cookiecutter"
        )


def check_answers(context: MutableMapping[str, Any]) -> str:
    """Return nothing if every answer is valid.

    Raises:
        AnswerError: With every problem of every answer, and of what was given in their place.
        FailedHookException: The template has files that are not its own.
    """
    _refuse_caches()
    problems = given.problems(context)
    given.ignore_own_python_version(context)
    try:
        specification(context)
    except AnswersRefused as error:
        problems += error.problems
    if problems:
        raise AnswerError(format_problems(problems))
    return ""


def _refuse_caches() -> None:
    """Cookiecutter renders every file that it finds: caches too, into every plugin."""
    if found := left_by_tools(Path(TEMPLATE_FOLDER, "{{cookiecutter.plugin_slug}}")):
        names = "\n".join(f"  {printable(str(path))}" for path in found)
        raise FailedHookException(
            "The template contains files left by tools, and Cookiecutter would copy them into "
            f"the plugin; nothing was written. Remove them:\n{names}"
        )


@pass_context
def _provenance(context: Context) -> dict[str, Any]:
    return provenance.provenance(context["plugin"].rendered_answers, context["cookiecutter"])


@pass_context
def _made_from(context: Context) -> str:
    return provenance.made_from(context["cookiecutter"])


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
    # for cookiecutter.json; a replay file has Cookiecutter ask for new keys without this extension,
    # and reports an undefined function without a traceback, but not an unknown filter
    "check_answers": check_answers,
    "default_author": derived.default_author,
    "default_description": derived.description,
    "plugin_slug": derived.plugin_slug,
    "verb": derived.verb,
    "made_from": _made_from,
    "provenance": _provenance,
    "template_folder": TEMPLATE_FOLDER,
}
FILTERS: dict[str, Callable[..., Any]] = {
    # for cookiecutter.json
    "ask_again": asking.ask_again,
    # for the README
    "input_rows": readme_tables.input_rows,
    "output_rows": readme_tables.output_rows,
    # for plugin_logic.py
    "parameter_docs": python_stub.parameter_docs,
    "input_locals": python_stub.input_locals,
    "typing_names": python_stub.typing_names,
    "received_list": python_stub.received_list,
    "output_values": python_stub.output_values,
    # for plugin_types.ts and plugin_logic.ts
    "typescript_fields": typescript_stub.typescript_fields,
    "typescript_outputs": typescript_stub.typescript_outputs,
    "typescript_comment": typescript_stub.comment,
    # for plugin_types.go and plugin_logic.go
    "go_fields": go_stub.go_fields,
    "go_outputs": go_stub.go_outputs,
    "go_comment": go_stub.comment,
    # for a place in a file
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
