"""Ask again, at once, for an answer that is not accepted.

Cookiecutter has no way to check an answer before it asks the next question. But it renders each
default just before it asks for it, with the answers so far. `template_extension.py` puts the filter
`ask_again` in front of these defaults; it looks at the answer before.
This can go once Cookiecutter validates answers itself (cookiecutter issue 433, open since 2015).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import click
from cookiecutter.exceptions import FailedHookException
from rich.prompt import Prompt

from stage7_plugin.rendering import given
from stage7_plugin.spec import answers
from stage7_plugin.spec.problems import Problem, format_problems, printable, shown

_ATTEMPTS = 5
"""How often one question is asked again; a program that holds a terminal would never stop."""


class Session(NamedTuple):
    """What is known of the Cookiecutter that asks the questions at a terminal now.

    Attributes:
        labels: What each prompt is called, by key.
        output_dir: The folder in which the plugin's folder is made.
        overwrites: Whether an existing plugin's folder may be overwritten.
    """

    labels: Mapping[str, Any]
    output_dir: Path
    overwrites: bool


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
    )


def _nearest(frame: FrameType | None, variable: str) -> Any:
    """Return a variable of the innermost caller that has it."""
    while frame is not None:
        if variable in frame.f_locals:
            return frame.f_locals[variable]
        frame = frame.f_back
    return None


def ask_again(answered: MutableMapping[str, Any]) -> str:
    """Replace the last answer by an accepted one if it is not, and return "".

    Args:
        answered: The answers so far, by prompt; changed in place.

    Raises:
        FailedHookException: A key on the command line is misspelt, or an answer is still wrong
            after some attempts; Cookiecutter prints the message and exits with status 1.
    """
    asking = session()
    if asking is None:
        return ""
    if not answered:
        found = given.problems(answers.PROMPTS)
        _refuse([problem for problem in found if not problem.prompt.startswith("_")])
        return ""
    prompt = list(answered)[-1]
    for attempt in range(_ATTEMPTS + 1):
        problems = _problems(prompt, answered, asking)
        if not problems:
            break
        if attempt == _ATTEMPTS:
            _refuse(problems)
        click.echo(_told(problems))
        answered[prompt] = Prompt.ask(f"  {_label(asking, prompt)}")
    return ""


def _problems(prompt: str, answered: Mapping[str, Any], asking: Session) -> list[Problem]:
    """Return what is wrong with one answer, as far as the answers before it tell."""
    found = [problem for problem in answers.check(answered) if prompt in problem.prompt.split(", ")]
    if prompt != "plugin_slug" or found or asking.overwrites:
        return found
    folder = asking.output_dir / str(answered[prompt])
    if not folder.exists():
        return []
    rule = (
        f"{printable(str(folder))} already exists: choose another name, or press Ctrl-C and add "
        "--overwrite-if-exists"
    )
    return [Problem(prompt, answered[prompt], rule, f"{answered[prompt]}-2")]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise FailedHookException(format_problems(problems))


def _told(problems: list[Problem]) -> str:
    lines = []
    for problem in problems:
        lines += [
            f"    not accepted: {shown(problem.value)} {printable(problem.rule)}",
            f"    example:      {printable(problem.example)}",
        ]
    return "\n".join(lines)


def _label(asking: Session, prompt: str) -> str:
    label = asking.labels.get(prompt)
    return label if isinstance(label, str) else prompt
