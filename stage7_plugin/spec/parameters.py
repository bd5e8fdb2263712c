"""Inputs and outputs of a plugin: the one-line notation, the JSON form, and back.

    text:string - Text to summarise; max_words:number(1..500)=100 - Upper bound; tags:array<string>?

`name:type`, constraints in parentheses, `?` for optional, `!secret`, `=` and a default (which makes
it optional), ` - ` and a description; `;` or a new line between. A text that starts with `[` is a
JSON list of definitions instead, which can also carry `aliases`.
"""

from __future__ import annotations

import json
from typing import Any, Literal, NamedTuple

from stage7_plugin.spec import strict_json
from stage7_plugin.spec.constraints import APPLIES_TO
from stage7_plugin.spec.notation import Entry, read_notation
from stage7_plugin.spec.parameter_rules import definition_problems
from stage7_plugin.spec.problems import Problem

Prompt = Literal["inputs", "outputs"]

# Fits into every plugin's limit for request bodies, which is 1 MiB where the memory is least.
LARGEST_REQUEST = 256 * 1024

EXAMPLES: dict[str, str] = {
    "inputs": (
        "text:string - Text to summarise; unit:string(km|mi)=km; max_words:number(1..500)=100; "
        "tags:array<string>?"
    ),
    "outputs": "summary:string - The summary; words:number - Its length in words",
}


_NONE: dict[str, Any] = {}


class Parameter(NamedTuple):
    """One declared input or output.

    Attributes:
        name: An identifier, as it is sent in a request.
        type: One of the host's types: string, number, boolean, array, object, any.
        required: Whether a request without it is refused (an output: always present).
        description: One line for people and for the planner.
        default: Value of an input that is not given; None for none.
        aliases: Other names under which the host may send an input.
        secret: Whether the value must never be shown.
        example: Value for documentation and the example request; None for none.
        examples: More than one of them, in place of `example`.
        constraints: What a value must be beyond its type, as in manifest.json.
    """

    name: str
    type: str
    required: bool
    description: str
    default: Any = None
    aliases: tuple[str, ...] = ()
    secret: bool = False
    example: Any = None
    examples: tuple[Any, ...] = ()
    constraints: dict[str, Any] = _NONE

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
        if self.examples:
            found["examples"] = list(self.examples)
        return found | self.constraints


def parse_parameters(prompt: Prompt, text: str) -> tuple[list[Parameter], list[Problem]]:
    """Read an answer to the prompt `inputs` or `outputs`.

    Returns:
        The parameters that are right, and every problem of those that are not.
    """
    entries, problems = _read_entries(prompt, text)
    parameters = []
    for definition, source in entries:
        faults = definition_problems(prompt, definition, EXAMPLES[prompt])
        if not faults:
            parameters.append(parameter_of(definition))
        elif line := source and _corrected(prompt, source):
            faults = [fault._replace(example=line) for fault in faults]
        problems += faults
    if (size := _request_size(parameters)) > LARGEST_REQUEST:
        rule = (
            f"defaults and examples must have at most {LARGEST_REQUEST} bytes of JSON in all, not "
            f"{size}: a plugin with little memory would refuse a request with them"
        )
        problems.append(Problem(prompt, text, rule, EXAMPLES[prompt]))
    if not entries and not problems:
        rule = f"at least one of the {prompt} must be declared"
        problems.append(Problem(prompt, text, rule, EXAMPLES[prompt]))
    return parameters, problems


def _request_size(parameters: list[Parameter]) -> int:
    values = [v for p in parameters for v in (p.default, p.example, *p.examples) if v is not None]
    return sum(len(json.dumps(value, ensure_ascii=False).encode()) for value in values)


def _read_entries(prompt: Prompt, text: str) -> tuple[list[Entry], list[Problem]]:
    if not text.lstrip().startswith("["):
        entries, problems = read_notation(prompt, text, EXAMPLES[prompt])
        return entries, [
            problem._replace(example=_corrected(prompt, str(problem.value)) or problem.example)
            for problem in problems
        ]
    try:
        definitions = strict_json.decode(text)
    except ValueError as error:
        rule = f"a value that starts with [ must be a JSON list of definitions: {error}"
        return [], [Problem(prompt, text, rule, '[{"name": "text", "type": "string"}]')]
    return [Entry(definition, "") for definition in definitions], []


def _corrected(prompt: Prompt, line: str) -> str | None:
    """Return the line that was meant by one that is not accepted, where that can be told."""
    from stage7_plugin.spec.notation_hints import corrected  # only after a mistake

    return corrected(line, lambda other: _is_accepted(prompt, other))


def _is_accepted(prompt: Prompt, line: str) -> bool:
    entries, problems = read_notation(prompt, line, "")
    return (
        not problems
        and len(entries) == 1
        and not definition_problems(prompt, entries[0].definition, "")
    )


def parameter_of(definition: dict[str, Any]) -> Parameter:
    """Return the parameter of a definition without problems."""
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
        examples=tuple(definition.get("examples", ())),
        constraints={key: definition[key] for key in APPLIES_TO if key in definition},
    )


def _described(name: str) -> str:
    """Describe a parameter that has no description: max_words becomes "Max words"."""
    words = name.replace("_", " ").strip() or name
    return words[0].upper() + words[1:]
