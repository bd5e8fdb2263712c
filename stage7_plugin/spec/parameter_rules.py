"""Rules for one declared input or output, whichever form it was written in."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import Any

from stage7_plugin.host_facts import TAKEN_OUTPUTS
from stage7_plugin.spec.constraint_rules import constraint_faults, value_faults
from stage7_plugin.spec.constraints import APPLIES_TO
from stage7_plugin.spec.names import as_python_reads
from stage7_plugin.spec.problems import Problem, nearest
from stage7_plugin.spec.text_rules import columns, text_fault
from stage7_plugin.spec.value_types import TYPES, has_type

LONGEST_NAME = 60
LONGEST_DESCRIPTION = 200
DEEPEST_VALUE = 97  # 100 in a request: its body, `inputs` and an envelope are around the value

_KEYS = {
    "inputs": (
        "name", "type", "required", "description", "defaultValue", "default", "aliases", "secret",
        "example", "examples", *APPLIES_TO,
    ),
    # A stub could not meet a pattern.
    "outputs": (
        "name", "type", "required", "description", *(key for key in APPLIES_TO if key != "pattern"),
    ),
}  # fmt: skip


def definition_problems(prompt: str, definition: Any, example: str) -> list[Problem]:
    """List every rule that a definition breaks; `example` is shown with each."""
    if not isinstance(definition, dict):
        rule = "each definition must be a JSON object with name and type"
        return [Problem(prompt, definition, rule, '[{"name": "text", "type": "string"}]')]
    checks = (
        _keys,
        _name,
        _type,
        _description,
        _required,
        _values,
        _aliases,
        _secret,
        _constraints,
    )
    return [
        Problem(prompt, value, rule, example)
        for check in checks
        for value, rule in check(prompt, definition)
    ]


def _keys(prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    known = _KEYS[prompt]
    for key in definition:
        if key in known:
            continue
        if key in _KEYS["inputs"]:
            yield f"{definition.get('name')}.{key}", f"an output cannot have {key}"
            continue
        meant = nearest(key, known)
        hint = f"did you mean {meant}? " if meant else ""
        yield key, f"unknown key: {hint}A definition has {', '.join(known)}"


def _name(prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    name = definition.get("name", "")
    if not isinstance(name, str) or not name.isidentifier():
        yield name, "a name must be letters, digits and _, and must not start with a digit"
    elif keyword.iskeyword(as_python_reads(name)):
        yield name, "a name must not be a Python keyword"
    elif columns(name) > LONGEST_NAME:
        yield name, f"a name must have at most {LONGEST_NAME} characters (wide ones count twice)"
    elif prompt == "outputs" and name in TAKEN_OUTPUTS:
        yield (
            name,
            f"an output must not be called {' or '.join(TAKEN_OUTPUTS)}: the host uses both",
        )


def _type(_prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    given = definition.get("type", "")
    if given in TYPES:
        return
    meant = nearest(str(given), TYPES)
    hint = f" (did you mean {meant}?)" if meant else ""
    name = definition.get("name")
    yield f"{name}:{given}", f"a type must be one of {', '.join(TYPES)}{hint}"


def _description(_prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    given = definition.get("description", "")
    if not isinstance(given, str):
        yield given, "a description must be text"
        return
    fault = text_fault(given, 0, LONGEST_DESCRIPTION)
    if fault:
        yield given, f"the description of {definition.get('name')} {fault}"


def _required(_prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    given = definition.get("required", False)
    name = definition.get("name")
    if not isinstance(given, bool):
        yield given, f"required of {name} must be true or false"
    elif given and ("default" in definition or "defaultValue" in definition):
        yield name, "an input with a default is optional: leave out either required or default"


def _values(_prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    kind = definition.get("type")
    if kind not in TYPES:
        return
    if "default" in definition and "defaultValue" in definition:
        rule = "default and defaultValue mean the same: leave out one of them"
        yield definition.get("name"), rule
    if "example" in definition and "examples" in definition:
        yield (
            definition.get("name"),
            "leave out example or examples; examples can hold both",
        )
    examples = definition.get("examples", [])
    if not isinstance(examples, list):
        yield examples, f"examples of {definition.get('name')} must be a list"
        examples = []
    given = [(k, definition[k]) for k in ("defaultValue", "default", "example") if k in definition]
    for key, value in [*given, *(("examples", one) for one in examples)]:
        if not has_type(value, kind):
            wanted = "any JSON value except null" if kind == "any" else f"a JSON {kind}"
            rule = f"the {key} of {definition.get('name')} must be {wanted}"
            yield value, rule
        elif _is_deeper(value, DEEPEST_VALUE):
            rule = (
                f"the {key} of {definition.get('name')} must be nested at most {DEEPEST_VALUE} "
                "levels deep: the plugin would refuse a request with it"
            )
            yield value, rule


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(limit):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return bool(level)


def _aliases(_prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    given = definition.get("aliases", [])
    if not isinstance(given, list):
        yield given, f"aliases of {definition.get('name')} must be a list of names"
        return
    for alias in given:
        if not isinstance(alias, str) or text_fault(alias, 1, LONGEST_NAME):
            yield alias, f"an alias must be text of 1 to {LONGEST_NAME} characters on one line"


def _secret(_prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    given = definition.get("secret", False)
    if not isinstance(given, bool):
        yield given, f"secret of {definition.get('name')} must be true or false"


def _constraints(_prompt: str, definition: dict[str, Any]) -> Iterator[tuple[object, str]]:
    if definition.get("type") not in TYPES:
        return
    yield from constraint_faults(definition)
    yield from value_faults(definition)
    if "pattern" in definition and not {"default", "defaultValue", "example", "examples"} & {
        *definition
    }:
        name = definition.get("name")
        yield (
            f"{name}: {definition['pattern']}",
            f"{name} has a pattern, so it needs an example, which test requests use",
        )
