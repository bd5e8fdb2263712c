"""What is told to somebody whose answer was not accepted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST_VALUE = 120


@dataclass(frozen=True)
class Problem:
    """One wrong answer.

    Attributes:
        prompt: Key in cookiecutter.json, as it is written on the command line.
        value: The offending value, or the offending part of a longer one.
        rule: The rule that it breaks.
        example: A value that would be accepted.
    """

    prompt: str
    value: object
    rule: str
    example: str


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, if any is close."""
    matches = difflib.get_close_matches(word, list(known), n=1)
    return matches[0] if matches else None


def shown(value: object) -> str:
    """The value in ASCII with escapes, so that no character of it can act on a terminal."""
    text = ascii(value)
    if len(text) <= _LONGEST_VALUE:
        return text
    return f"{text[:_LONGEST_VALUE]}... ({len(text)} characters)"


def format_problems(problems: Iterable[Problem]) -> str:
    """One message with every problem: prompt, given value, rule, example."""
    listed = list(problems)
    count = "1 answer is" if len(listed) == 1 else f"{len(listed)} answers are"
    lines = [f"{count} not accepted; nothing was written."]
    for problem in listed:
        lines += [
            "",
            f"  {problem.prompt}: {shown(problem.value)}",
            f"    rule:    {problem.rule}",
            f"    example: {problem.example}",
        ]
    return "\n".join(lines)
