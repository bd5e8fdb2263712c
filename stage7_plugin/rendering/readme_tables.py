"""The tables of a plugin's README: its inputs and outputs, a row each."""

from __future__ import annotations

from collections.abc import Iterable

from stage7_plugin.rendering.escaping import json, markdown, markdown_code
from stage7_plugin.spec.constraint_words import parameter_words
from stage7_plugin.spec.parameters import Parameter


def input_rows(parameters: Iterable[Parameter]) -> str:
    """Rows of `| Name | Type | Required | Default | Meaning |`."""
    return "\n".join(
        f"| `{parameter.name}` | {parameter.type} | {_yes(parameter)} | {_default(parameter)} "
        f"| {_meaning(parameter)} |"
        for parameter in parameters
    )


def output_rows(parameters: Iterable[Parameter]) -> str:
    """Rows of `| Name | Type | Always there | Meaning |`."""
    return "\n".join(
        f"| `{parameter.name}` | {parameter.type} | {_yes(parameter)} | {_meaning(parameter)} |"
        for parameter in parameters
    )


def _yes(parameter: Parameter) -> str:
    return "yes" if parameter.required else "no"


def _default(parameter: Parameter) -> str:
    return "" if parameter.default is None else markdown_code(json(parameter.default))


def _meaning(parameter: Parameter) -> str:
    words = parameter_words(parameter)
    text = f"{parameter.description} ({'; '.join(words)})" if words else parameter.description
    return markdown(text)
