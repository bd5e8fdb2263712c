"""Text without a Jinja delimiter is not compiled.

Cookiecutter renders the name of every file and every option of a choice, and Jinja takes longer to
compile such a constant than to render it. Can go once Cookiecutter looks for a delimiter itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment

if TYPE_CHECKING:
    from jinja2 import Template


class Constant:
    """A template that renders to its own source; it has what Cookiecutter calls."""

    def __init__(self, source: str) -> None:
        self._source = source

    def render(self, *_: Any, **__: Any) -> str:
        """Return the source, whatever the variables are."""
        return self._source


def shorten(environment: Environment) -> None:
    """Let `from_string` of an environment return a `Constant` where the text is one."""
    compiled = environment.from_string

    def from_string(source: str, *arguments: Any, **options: Any) -> Template | Constant:
        # An extension may add a delimiter; Jinja drops a newline at the end.
        text = environment.preprocess(source)
        if "{" in text or "\n" in text:
            return compiled(source, *arguments, **options)
        return Constant(text)

    environment.from_string = from_string  # type: ignore[method-assign, assignment]
