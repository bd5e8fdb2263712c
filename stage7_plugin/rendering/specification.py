"""One specification for a whole generation, which every template sees as `plugin`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cookiecutter.exceptions import FailedHookException
from jinja2.exceptions import UndefinedError
from jinja2.runtime import Context
from jinja2.utils import missing

from stage7_plugin.errors import UserError
from stage7_plugin.spec.answers import PROMPTS
from stage7_plugin.spec.plugin_spec import AnswersRefused, PluginSpec


class AnswerError(UserError, FailedHookException, UndefinedError):  # type: ignore[misc]
    """Answers are not accepted; the text is the whole message for the user.

    Cookiecutter prints a FailedHookException without a traceback and exits with 1, but removes
    a half-written project only for an UndefinedError: this is both.
    """


class PluginContext(Context):
    """A template's variables, with `plugin` for what the answers in `cookiecutter` describe."""

    def resolve_or_missing(self, key: str) -> Any:
        """Look up a variable, as Jinja does. Raises AnswerError if the answers are wrong."""
        found = super().resolve_or_missing(key)
        if found is missing and key == "plugin":
            answers = super().resolve_or_missing("cookiecutter")
            if answers is not missing:
                return _specification_or_error(answers)
        return found


def specification(answers: Mapping[str, Any]) -> PluginSpec:
    """Return the specification for the answers; it is made once for all files of a plugin.

    Cookiecutter makes a Jinja environment for the prompts, one for the files and one for the hook,
    so that none of them can keep it.

    Raises:
        AnswersRefused: With every problem of every answer.
    """
    given = tuple((prompt, answers[prompt]) for prompt in answers if prompt in PROMPTS)
    if all(isinstance(value, str) for _, value in given):
        return _made(given)
    return PluginSpec.from_answers(dict(given))


def _specification_or_error(answers: Mapping[str, Any]) -> PluginSpec:
    try:
        return specification(answers)
    except AnswersRefused as error:
        raise AnswerError(str(error)) from None


@lru_cache(maxsize=1)
def _made(given: tuple[tuple[str, str], ...]) -> PluginSpec:
    return PluginSpec.from_answers(dict(given))
