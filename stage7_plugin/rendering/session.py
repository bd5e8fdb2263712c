"""Whether a user is being asked the questions now, and by which command."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import click
from jinja2 import Environment

GUIDED = "stage7-plugin new"
"""The name under which that command runs Cookiecutter's."""


class Session(NamedTuple):
    """What is known of the Cookiecutter that asks the questions at a terminal now.

    Attributes:
        labels: What each prompt is called, by key.
        output_dir: The folder in which the plugin's folder is made.
        overwrites: Whether an existing plugin's folder may be overwritten.
        guided: Whether it is `stage7-plugin new`: inputs one per line, and a summary.
        defaults: Each default as it is before it is rendered, by key.
        environment: What renders it; None where there is none.
    """

    labels: Mapping[str, Any]
    output_dir: Path
    overwrites: bool
    guided: bool
    defaults: Mapping[str, Any] = {}
    environment: Environment | None = None


def session() -> Session | None:
    """Return the session whose questions are asked now; None where nobody is asked.

    Cookiecutter tells a template nothing of `--no-input` or the output folder, and cruft uses no
    click context, so this reads the variables of the functions that are running. If they are ever
    renamed, nobody is asked again, and wrong answers are reported after the last question.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != "prompt_for_config":
        frame = frame.f_back
    if frame is None or frame.f_locals.get("no_input") is not False:
        return None
    return Session(
        labels=frame.f_locals.get("prompts") or {},
        output_dir=Path(_nearest(frame, "output_dir") or "."),
        overwrites=bool(_nearest(frame, "overwrite_if_exists")),
        guided=_is_guided(),
        defaults=(frame.f_locals.get("context") or {}).get("cookiecutter") or {},
        environment=frame.f_locals.get("env"),
    )


def _is_guided() -> bool:
    running = click.get_current_context(silent=True)
    return running is not None and running.info_name == GUIDED


def _nearest(frame: FrameType | None, variable: str) -> Any:
    """Return a variable of the innermost caller that has it."""
    while frame is not None:
        if variable in frame.f_locals:
            return frame.f_locals[variable]
        frame = frame.f_back
    return None


def label(asking: Session, prompt: str) -> str:
    """Return what a prompt is called."""
    found = asking.labels.get(prompt)
    if isinstance(found, dict):
        found = found.get("__prompt__")
    return found if isinstance(found, str) else prompt


def default(asking: Session, prompt: str, answered: Mapping[str, Any]) -> str | None:
    """Return the default of a prompt, as the other answers make it; None if it has none."""
    raw = asking.defaults.get(prompt)
    if asking.environment is None or not isinstance(raw, str):
        return None
    environment = asking.environment
    # With a name, so that the template's extension takes it for no question.
    code = environment.compile(raw, name=prompt)
    template = environment.template_class.from_code(environment, code, environment.globals)
    others = {key: answer for key, answer in answered.items() if key != prompt}
    return template.render(cookiecutter=others)
