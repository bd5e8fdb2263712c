"""Problems of answers, and how they are reported."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

_LONGEST_VALUE = 120


class Problem(NamedTuple):
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
    """Return the known word that was most likely meant, if any is close."""
    import difflib  # only after a typing error

    matches = difflib.get_close_matches(word, list(known), n=1)
    return matches[0] if matches else None


def shown(value: object) -> str:
    """Return the value in quotes, shortened, with escapes for what could act on a terminal."""
    text = printable(_bounded_repr(value))
    if len(text) <= _LONGEST_VALUE:
        return text
    length = f" ({len(value)} characters)" if isinstance(value, str) else ""
    return f"{text[:_LONGEST_VALUE]}...{length}"


def _bounded_repr(value: object) -> str:
    """Return the start of repr(value), more than is shown: aliases can make it gigabytes."""
    found = ""
    for part in islice(_repr_parts(value), _LONGEST_VALUE + 1):
        found += part
        if len(found) > _LONGEST_VALUE:
            break
    return found


def _repr_parts(value: object) -> Iterator[str]:
    """Yield the repr of a JSON value in short pieces, none of them empty."""
    if isinstance(value, str):
        yield repr(value[: _LONGEST_VALUE + 1])
    elif isinstance(value, (list, tuple)):
        yield "[" if isinstance(value, list) else "("
        for number, item in enumerate(value):
            if number:
                yield ", "
            yield from _repr_parts(item)
        yield "]" if isinstance(value, list) else ")"
    elif isinstance(value, dict):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            if number:
                yield ", "
            yield from _repr_parts(key)
            yield ": "
            yield from _repr_parts(item)
        yield "}"
    else:
        yield repr(value)


def printable(text: str) -> str:
    """Escape characters that are not printable, or not in the output's encoding."""
    encoding = sys.stdout.encoding or "ascii"
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return plain.encode(encoding, "backslashreplace").decode(encoding)


def format_problems(problems: Iterable[Problem]) -> str:
    """One message with every problem: prompt, given value, rule, example."""
    listed = list(problems)
    count = "1 answer is" if len(listed) == 1 else f"{len(listed)} answers are"
    lines = [f"{count} not accepted; nothing was written."]
    for problem in listed:
        lines += [
            "",
            f"  {printable(problem.prompt)}: {shown(problem.value)}",
            f"    rule:    {printable(problem.rule)}",
            f"    example: {problem.example}",
        ]
    return "\n".join(lines)
