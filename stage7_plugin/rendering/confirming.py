"""The summary of `stage7-plugin new`, before anything is written, with answers to change."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from typing import Any

import click
from rich.prompt import Prompt

from stage7_plugin.rendering.session import Session, label
from stage7_plugin.spec import answers, derived
from stage7_plugin.spec.image_name import image
from stage7_plugin.spec.languages import PYTHON_ALONE
from stage7_plugin.spec.languages import answered as language_of
from stage7_plugin.spec.problems import printable
from stage7_plugin.spec.text_rules import columns

Answered = MutableMapping[str, Any]
UntilRight = Callable[[str, Answered, Session], None]

_WIDTH = 79
_DERIVED = {
    "plugin_slug": lambda given: derived.plugin_slug(given["plugin_name"]),
    "verb": lambda given: derived.verb(given["plugin_name"]),
    "description": derived.description,
}


def confirm(answered: Answered, session: Session, until_right: UntilRight) -> None:
    """Show what will be made, and change answers until Enter is pressed.

    Args:
        answered: By prompt; changed in place.
        session: The session whose questions were asked.
        until_right: Asks a question again until its answer is accepted.

    Raises:
        FailedHookException: A changed answer is still wrong after some attempts.
        EOFError, KeyboardInterrupt: The user stops here; nothing is made.
    """
    while True:
        unasked = () if language_of(answered) == "python" else PYTHON_ALONE
        prompts = [key for key in answered if key in answers.PROMPTS and key not in unasked]
        click.echo(_summary(prompts, answered, session))
        chosen = Prompt.ask(
            "Enter creates it, a number changes that answer", default="", show_default=False
        ).strip()
        if not chosen:
            return
        if re.fullmatch("[0-9]{1,2}", chosen) and 1 <= int(chosen) <= len(prompts):
            change(prompts[int(chosen) - 1], answered, session, until_right)
        else:
            click.echo(f"    not accepted: {printable(chosen)!r} must be 1 to {len(prompts)}")


def change(prompt: str, answered: Answered, session: Session, until_right: UntilRight) -> None:
    """Ask one question once more; what was derived from its answer follows the new one."""
    following = [
        key
        for key, derive in _DERIVED.items()
        if key != prompt and answered[key] == derive(answered)
    ]
    choices = answers.CHOICES.get(prompt)
    hint = f" [{', '.join(choices)}]" if choices else ""
    click.echo(f"    now: {printable(str(answered[prompt]))}  (Enter keeps it)")
    typed = click.prompt(
        f"  {label(session, prompt)}{hint}",
        default="",
        show_default=False,
        prompt_suffix=": ",
    )
    if typed:
        answered[prompt] = typed
    until_right(prompt, answered, session)
    if prompt == "language" and language_of(answered) != "python":
        answered["python_version"] = answers.CHOICES["python_version"][0]
    for key in following:
        answered[key] = _DERIVED[key](answered)
        until_right(key, answered, session)


def _summary(prompts: list[str], answered: Answered, session: Session) -> str:
    folder = printable(str(session.output_dir / answered["plugin_slug"]))
    lines = ["", f"This creates a plugin in {folder}, with the image {image(answered)}:"]
    for number, key in enumerate(prompts, 1):
        lines.append(_cut(f"  {number:2} {key}: {printable(str(answered[key])) or 'none'}"))
    return "\n".join(lines)


def _cut(line: str) -> str:
    if columns(line) <= _WIDTH:
        return line
    while columns(line) > _WIDTH - 3:
        line = line[:-1]
    return f"{line}..."
