"""The parts of a Go plugin that depend on its inputs and outputs.

`tests/sync_types.go` of a plugin writes the same types from its manifest; a test compares both.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from stage7_plugin.rendering.escaping import json_string
from stage7_plugin.spec.parameters import Parameter
from stage7_plugin.spec.sample_inputs import sample_value

Definition = Mapping[str, Any]

_TYPES = {
    "string": "string",
    "number": "float64",
    "boolean": "bool",
    "array": "[]any",
    "object": "map[string]any",
    "any": "any",
}
_WITH_NIL = ("[]", "map[", "any")
"""How types begin that have a value for nothing themselves; the others need a pointer."""
_STUBS = {
    "string": "stubAnswer",
    "number": "0",
    "boolean": "false",
    "array": "[]any{}",
    "object": "map[string]any{}",
    "any": "stubAnswer",
}
_INITIALISMS = frozenset({"api", "html", "http", "id", "ip", "json", "sql", "uri", "url", "xml"})
"""Words that Go writes in capitals."""


def go_names(names: Iterable[str]) -> dict[str, str]:
    """Return the name of the field for each input or output, different for each of them.

    Args:
        names: As the manifest has them, such as `max_words`, which becomes `MaxWords`.
    """
    found: dict[str, str] = {}
    for name in names:
        field, number = _exported(name), 2
        while field in found.values():
            field, number = f"{_exported(name)}{number}", number + 1
        found[name] = field
    return found


def _exported(name: str) -> str:
    kept = "".join(one if _is_letter_or_digit(one) else " " for one in name)
    field = "".join(map(_capitalised, kept.split()))
    return field if field and unicodedata.category(field[0]) == "Lu" else f"X{field}"


def _is_letter_or_digit(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] == "L" or category == "Nd"


def _capitalised(word: str) -> str:
    if word in _INITIALISMS:
        return word.upper()
    first = word[0].upper()
    # Go has capitals of one letter only.
    is_capital = len(first) == 1 and unicodedata.category(first) == "Lu"
    return (first if is_capital else word[0]) + word[1:]


def go_fields(definitions: Iterable[Definition], kind: str) -> str:
    """Return the fields of the struct `Inputs` or `Outputs`, as gofmt writes them.

    Args:
        definitions: As in manifest.json.
        kind: `inputs` or `outputs`.
    """
    listed = list(definitions)
    names = go_names(one["name"] for one in listed)
    # Lines between the fields, because gofmt would align the types of lines that follow each other.
    return "\n\n".join(_field(one, names[one["name"]], kind) for one in listed)


def _field(definition: Definition, name: str, kind: str) -> str:
    has_default = "default" in definition or "defaultValue" in definition
    certain = definition.get("required", False) or (kind == "inputs" and has_default)
    typed = _type(definition)
    if not certain and not typed.startswith(_WITH_NIL):
        typed = f"*{typed}"
    key = definition["name"]
    if not all(one == "_" or _is_letter_or_digit(one) for one in key):
        key = f"'{key}'"  # what a tag takes only in quotes
    options = ",omitzero" if kind == "outputs" and not certain else ""
    about = comment(definition.get("description", ""))
    line = f'\t{name} {typed} `json:"{key}{options}"`'
    return f"\t// {about}\n{line}" if about else line


def _type(definition: Definition) -> str:
    if "items" in definition:
        return f"[]{_type(definition['items'])}"
    return _TYPES[definition["type"]]


def go_outputs(parameters: Iterable[Parameter]) -> str:
    """Return the lines of the stub that give each declared output a value of its type."""
    listed = list(parameters)
    names = go_names(one.name for one in listed)
    return "\n".join(f"\tout.{names[one.name]} = {_stub(one)}" for one in listed)


def _stub(parameter: Parameter) -> str:
    definition = parameter.definition()
    typed = _type(definition)
    if not parameter.constraints:
        value = _STUBS[parameter.type]
    elif parameter.constraints.keys() == {"items"}:
        value = f"{typed}{{}}"
    else:
        value = go_literal(sample_value(definition), typed)
    if parameter.required or typed.startswith(_WITH_NIL):
        return value
    return f"new({value if typed != 'float64' else f'float64({value})'})"


def go_literal(value: Any, typed: str = "any") -> str:
    """Return the literal of a JSON value.

    Args:
        value: Anything that JSON can carry.
        typed: The Go type that it has to have.
    """
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        typed = typed if typed.startswith("[]") else "[]any"
        return f"{typed}{{{', '.join(go_literal(item, typed[2:]) for item in value)}}}"
    if isinstance(value, dict):
        items = (f"{_string(name)}: {go_literal(item)}" for name, item in value.items())
        return f"map[string]any{{{', '.join(items)}}}"
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)


def _string(text: str) -> str:
    return json_string(text).replace("\ufeff", "\\ufeff")


def comment(text: object) -> str:
    """Return the text as the rest of a line comment.

    Go takes a byte order mark nowhere, and gofmt would obey a comment with +build.
    """
    line = " ".join(str(text).replace("\ufeff", "").split())
    return f"\\{line}" if line.startswith("+") else line
