"""Texts in the manifest by which the host's planner finds a plugin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stage7_plugin.rendering.escaping import json
from stage7_plugin.spec.parameters import Parameter, parse_parameters


def explanation(answers: Mapping[str, str]) -> str:
    """What the plugin is, in more words than its description."""
    return (
        f"{_sentence(answers['description'])} {answers['plugin_name']} runs in a container of its "
        f"own and answers the verb {answers['verb']}."
    )


def semantic_description(answers: Mapping[str, str]) -> str:
    """The description with what goes in and what comes out."""
    inputs, _ = parse_parameters("inputs", answers["inputs"])
    outputs, _ = parse_parameters("outputs", answers["outputs"])
    description = _sentence(answers["description"])
    return f"{description} Takes {_listed(inputs)}; returns {_listed(outputs)}."


def input_guidance(answers: Mapping[str, str]) -> str:
    """How to fill each input: the host's REFLECT reads it."""
    inputs, _ = parse_parameters("inputs", answers["inputs"])
    return " ".join(f"Input {_guided(parameter)}" for parameter in inputs)


def keywords(answers: Mapping[str, str]) -> list[str]:
    """Lower-case words of the slug and the verb, each once."""
    words = f"{answers['plugin_slug']} {answers['verb']}".lower().replace("_", " ")
    return list(dict.fromkeys(words.replace("-", " ").split()))


def usage_example(answers: Mapping[str, str]) -> str:
    """One sentence that shows a call."""
    inputs, _ = parse_parameters("inputs", answers["inputs"])
    outputs, _ = parse_parameters("outputs", answers["outputs"])
    given = ", ".join(parameter.name for parameter in inputs)
    wanted = ", ".join(parameter.name for parameter in outputs)
    return f"Use {answers['verb']} with {given} to get {wanted}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _listed(parameters: Iterable[Parameter]) -> str:
    return ", ".join(f"{parameter.name} ({parameter.type})" for parameter in parameters)


def _guided(parameter: Parameter) -> str:
    need = "required" if parameter.required else "optional"
    if parameter.default is not None:
        need = f"default {json(parameter.default)}"
    return f"{parameter.name} ({parameter.type}, {need}): {_sentence(parameter.description)}"
