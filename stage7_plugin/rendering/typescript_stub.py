"""The parts of a TypeScript plugin that depend on its inputs and outputs.

`tests/sync_types.ts` of a plugin writes the same types from its manifest; a test compares both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from stage7_plugin.rendering.escaping import json_string
from stage7_plugin.spec.parameters import Parameter
from stage7_plugin.spec.sample_inputs import sample_value
from stage7_plugin.spec.text_rules import columns

Definition = Mapping[str, Any]

_WIDTH = 110  # of biome.json
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPES = {
    "string": "string",
    "number": "number",
    "boolean": "boolean",
    "array": "unknown[]",
    "object": "Record<string, unknown>",
    "any": "unknown",
}
_STUBS = {
    "string": "STUB_ANSWER",
    "number": "0",
    "boolean": "false",
    "array": "[]",
    "object": "{}",
    "any": "STUB_ANSWER",
}


def typescript_fields(definitions: Iterable[Definition], kind: str) -> str:
    """Return the fields of the type `Inputs` or `Outputs`, two lines each.

    Args:
        definitions: As in manifest.json.
        kind: `inputs` or `outputs`.
    """
    return "\n".join(line for one in definitions for line in _field(one, kind))


def _field(definition: Definition, kind: str) -> list[str]:
    has_default = "default" in definition or "defaultValue" in definition
    certain = definition.get("required", False) or (kind == "inputs" and has_default)
    typed = _type(definition)
    if kind == "outputs" and not certain and typed != "unknown":
        typed += " | null"
    name = _key(definition["name"])
    about = comment(definition.get("description", ""))
    lines = [f"  /** {about} */"] if about else []
    return [*lines, f"  {name}{'' if certain else '?'}: {typed};"]


def _type(definition: Definition) -> str:
    if definition.get("enum"):
        return " | ".join(typescript_literal(value) for value in definition["enum"])
    if "items" in definition:
        item = _type(definition["items"])
        return f"({item})[]" if " " in item else f"{item}[]"
    return _TYPES[definition["type"]]


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else typescript_literal(name)


def typescript_outputs(parameters: Iterable[Parameter], indent: int) -> str:
    """Return the lines of the stub's outputs: each declared output with a value of its type."""
    margin = " " * indent
    lines = []
    for parameter in parameters:
        key = f"{margin}{_key(parameter.name)}:"
        if not parameter.constraints.keys() - {"items"}:
            lines.append(f"{key} {_STUBS[parameter.type]},")
            continue
        value = typescript_literal(sample_value(parameter.definition()))
        line = f"{key} {value}, // stub"
        if columns(f"{key} {value},") <= _WIDTH:
            lines.append(line)
        else:
            lines += [key, f"{margin}  {value}, // stub"]
    return "\n".join(lines)


def typescript_literal(value: Any) -> str:
    """Return the literal of a JSON value, with the quotes that Biome chooses."""
    if isinstance(value, str):
        text = json_string(value)[1:-1].replace('\\"', '"')
        quote = '"' if text.count("'") > text.count('"') else "'"
        return quote + text.replace(quote, f"\\{quote}") + quote
    if isinstance(value, list):
        return f"[{', '.join(map(typescript_literal, value))}]"
    if isinstance(value, dict):
        items = (f"{_key(name)}: {typescript_literal(item)}" for name, item in value.items())
        return f"{{ {', '.join(items)} }}" if value else "{}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)


def comment(text: object) -> str:
    """Return the text as one line inside a block comment."""
    return " ".join(str(text).split()).replace("*/", "*\\/")
