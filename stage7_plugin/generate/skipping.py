"""Pass over questions that mean nothing in the language that was chosen.

Cookiecutter asks every question of `cookiecutter.json`. Plain `cookiecutter` therefore still asks
for the version of Python, and says that it is only for Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cookiecutter import prompt

from stage7_plugin.spec.answers import CHOICES
from stage7_plugin.spec.languages import DEFAULT, PYTHON_ALONE


@contextmanager
def only_of_the_language() -> Iterator[None]:
    """Let Cookiecutter, while this is entered, take the default of such a question."""
    read = prompt.read_user_choice
    language = DEFAULT

    def ask(name: str, options: list[Any], *details: Any, **named: Any) -> Any:
        nonlocal language
        if name in PYTHON_ALONE and language != "python":
            return CHOICES[name][0]
        chosen = read(name, options, *details, **named)
        if name == "language":
            language = chosen
        return chosen

    prompt.read_user_choice = ask
    try:
        yield
    finally:
        prompt.read_user_choice = read
