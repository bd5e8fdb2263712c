"""Ask again, at once, for an answer that is not accepted.

Cookiecutter has no way to check an answer before it asks the next question. But it renders each
default just before it asks for it, with the answers so far. `template_extension.py` puts the filter
`ask_again` in front of these defaults; it looks at the answer before.
This can go once Cookiecutter validates answers itself (cookiecutter issue 433, open since 2015).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, MutableMapping
from typing import Any

import click
from cookiecutter.exceptions import FailedHookException
from rich.prompt import Prompt

from stage7_plugin.host_facts import PERMISSIONS
from stage7_plugin.rendering import confirming, given
from stage7_plugin.rendering.session import Session, default, label, session
from stage7_plugin.spec import answers, derived
from stage7_plugin.spec.problems import Problem, format_problems, printable, shown

_ATTEMPTS = 5
"""How often one question is asked again; a program that holds a terminal would never stop."""


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
    asked = [key for key in answered if key in answers.PROMPTS]
    if not asked:
        return ""
    ask_until_right(asked[-1], answered, asking)
    if asking.guided and len(asked) == len(answers.PROMPTS):
        confirming.confirm(answered, asking, ask_until_right)
    return ""


def ask_until_right(prompt: str, answered: MutableMapping[str, Any], asking: Session) -> None:
    """Ask one question again until its answer is accepted; raise FailedHookException if never."""
    attempts = helped = 0
    if prompt == "python_version":
        given.ignore_own_python_version(answered)
    while True:
        if prompt == "permissions":
            answered[prompt] = derived.permissions_by_name(answered[prompt])
        problems = _problems(prompt, answered, asking)
        if not problems and not _takes_further_lines(prompt, answered, asking):
            break
        if not problems:
            continue
        if prompt == "permissions" and answered[prompt].strip() == "?" and helped < _ATTEMPTS:
            helped += 1  # a question is not a wrong answer
            click.echo("\n".join([*_NUMBERED_PERMISSIONS, _example(problems[0])]))
        else:
            if attempts == _ATTEMPTS:
                _refuse(problems)
            attempts += 1
            click.echo(_told(problems))
        question = f"  {label(asking, prompt)}"
        offered = default(asking, prompt, answered)
        if offered is None or _problems(prompt, {**answered, prompt: offered}, asking):
            answered[prompt] = Prompt.ask(question)
        else:
            answered[prompt] = Prompt.ask(question, default=offered)


def _takes_further_lines(prompt: str, answered: MutableMapping[str, Any], asking: Session) -> bool:
    """Ask for more inputs or outputs, one per line, if the answer ends with a semicolon."""
    found = str(answered[prompt]).strip()
    if not asking.guided or prompt not in ("inputs", "outputs") or not found.endswith(";"):
        return False
    wrong = 0
    while wrong <= _ATTEMPTS:
        line = Prompt.ask("    the next one (Enter: no more)", default="", show_default=False)
        if not line.strip(" ;"):
            break
        problems = _problems(prompt, {**answered, prompt: found + line}, asking)
        wrong += bool(problems)
        if problems:
            click.echo(_told(problems))
        else:
            found = f"{found} {line.strip(' ;')};"
    answered[prompt] = found.rstrip(" ;")
    return True


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


_NUMBERED_PERMISSIONS = textwrap.wrap(
    ", ".join(f"{number} {name}" for number, name in enumerate(PERMISSIONS, 1)),
    76,
    initial_indent="    by number:    ",
    subsequent_indent=" " * 18,
)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise FailedHookException(format_problems(problems))


def _told(problems: list[Problem]) -> str:
    lines = []
    for problem in problems:
        lines += [
            f"    not accepted: {shown(problem.value)} {printable(problem.rule)}",
            *(_NUMBERED_PERMISSIONS if problem.prompt == "permissions" else ()),
            _example(problem),
        ]
    return "\n".join(lines)


def _example(problem: Problem) -> str:
    return f"    example:      {printable(problem.example)}"
