"""Texts in the manifest by which the host's planner finds a plugin, and knows how to call it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from stage7_plugin.spec.constraint_words import parameter_words
from stage7_plugin.spec.derived import describe
from stage7_plugin.spec.parameters import Parameter


def explanation(name: str, verb: str, description: str) -> str:
    """Say what the plugin is, in more words than its description."""
    own = f"{name} runs in its own container and answers the verb {verb}."
    return f"{_sentence(description)} {own}"


def semantic_description(
    description: str, inputs: Iterable[Parameter], outputs: Iterable[Parameter]
) -> str:
    """Return the description, with inputs and outputs appended unless it names them itself."""
    inputs, outputs = list(inputs), list(outputs)
    if description == describe(inputs, outputs):
        return _sentence(description)
    return f"{_sentence(description)} Takes {_typed(inputs)}; returns {_typed(outputs)}."


def input_guidance(inputs: Iterable[Parameter]) -> str:
    """Say how to fill each input; the host's REFLECT reads it."""
    return " ".join(f"Input {_guided(parameter)}" for parameter in inputs)


def usage_example(verb: str, inputs: Iterable[Parameter], outputs: Iterable[Parameter]) -> str:
    """Show a call in one sentence."""
    return f"Use {verb} with {_names(inputs)} to get {_names(outputs)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _names(parameters: Iterable[Parameter]) -> str:
    return ", ".join(parameter.name for parameter in parameters)


def _typed(parameters: Iterable[Parameter]) -> str:
    return ", ".join(f"{parameter.name} ({parameter.type})" for parameter in parameters)


def _guided(parameter: Parameter) -> str:
    need = "required" if parameter.required else "optional"
    if parameter.default is not None:
        need = f"default {json.dumps(parameter.default, ensure_ascii=False)}"
    known = ", ".join([parameter.type, need, *parameter_words(parameter)])
    return f"{parameter.name} ({known}): {_sentence(parameter.description)}"
