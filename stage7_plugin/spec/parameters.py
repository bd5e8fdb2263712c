"""Inputs and outputs of a plugin: the one-line notation, the JSON form, and back.

    text:string - Text to summarise; max_words:number=100 - Upper bound; tags:array? - To keep

`name:type`, `?` for optional, `=` and a JSON literal for a default (which makes it optional),
` - ` and a description; `;` or a new line between. A text that starts with `[` is a JSON list
of definitions instead, which can also carry `aliases`, `secret` and `example`.
"""

from __future__ import annotations

import json
from typing import Any, Literal, NamedTuple

from stage7_plugin.spec import strict_json
from stage7_plugin.spec.notation import read_notation
from stage7_plugin.spec.parameter_rules import definition_problems
from stage7_plugin.spec.problems import Problem

Prompt = Literal["inputs", "outputs"]

# Fits into every plugin's limit for request bodies, which is 1 MiB where the memory is least.
LARGEST_REQUEST = 256 * 1024

EXAMPLES: dict[str, str] = {
    "inputs": "text:string - Text to summarise; max_words:number=100 - Upper bound; tags:array?",
    "outputs": "summary:string - The summary; words:number - Its length in words",
}


class Parameter(NamedTuple):
    """One declared input or output.

    Attributes:
        name: A Python identifier, as it is sent in a request.
        type: One of the host's types: string, number, boolean, array, object, any.
        required: Whether a request without it is refused (an output: always present).
        description: One line for people and for the planner.
        default: Value of an input that is not given; None for none.
        aliases: Other names under which the host may send an input.
        secret: Whether the value must never be shown.
        example: Value for documentation and the example request; None for none.
    """

    name: str
    type: str
    required: bool
    description: str
    default: Any = None
    aliases: tuple[str, ...] = ()
    secret: bool = False
    example: Any = None

    def definition(self) -> dict[str, Any]:
        """Return the object that stands for it in manifest.json and in the JSON form."""
        found: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "required": self.required,
            "description": self.description,
        }
        if self.default is not None:
            found["defaultValue"] = self.default  # the name that the host reads
        if self.aliases:
            found["aliases"] = list(self.aliases)
        if self.secret:
            found["secret"] = True
        if self.example is not None:
            found["example"] = self.example
        return found


def parse_parameters(prompt: Prompt, text: str) -> tuple[list[Parameter], list[Problem]]:
    """Read an answer to the prompt `inputs` or `outputs`.

    Returns:
        The parameters that are right, and every problem of those that are not.
    """
    definitions, problems = _read_definitions(prompt, text)
    parameters = []
    for definition in definitions:
        faults = definition_problems(prompt, definition, EXAMPLES[prompt])
        problems += faults
        if not faults:
            parameters.append(_parameter(definition))
    if (size := _request_size(parameters)) > LARGEST_REQUEST:
        rule = (
            f"defaults and examples must have at most {LARGEST_REQUEST} bytes of JSON in all, not "
            f"{size}: a plugin with little memory would refuse a request with them"
        )
        problems.append(Problem(prompt, text, rule, EXAMPLES[prompt]))
    if not definitions and not problems:
        rule = f"at least one of the {prompt} must be declared"
        problems.append(Problem(prompt, text, rule, EXAMPLES[prompt]))
    return parameters, problems


def _request_size(parameters: list[Parameter]) -> int:
    values = [value for p in parameters for value in (p.default, p.example) if value is not None]
    return sum(len(json.dumps(value, ensure_ascii=False).encode()) for value in values)


def _read_definitions(prompt: Prompt, text: str) -> tuple[list[Any], list[Problem]]:
    if not text.lstrip().startswith("["):
        return read_notation(prompt, text, EXAMPLES[prompt])
    try:
        return strict_json.decode(text), []
    except ValueError as error:
        rule = f"a value that starts with [ must be a JSON list of definitions: {error}"
        return [], [Problem(prompt, text, rule, '[{"name": "text", "type": "string"}]')]


def _parameter(definition: dict[str, Any]) -> Parameter:
    name = definition["name"]
    default = definition.get("defaultValue", definition.get("default"))
    return Parameter(
        name=name,
        type=definition["type"],
        required=definition.get("required", default is None),
        description=definition.get("description") or _described(name),
        default=default,
        aliases=tuple(definition.get("aliases", ())),
        secret=definition.get("secret", False),
        example=definition.get("example"),
    )


def _described(name: str) -> str:
    """Describe a parameter that has no description: max_words becomes "Max words"."""
    words = name.replace("_", " ").strip() or name
    return words[0].upper() + words[1:]
