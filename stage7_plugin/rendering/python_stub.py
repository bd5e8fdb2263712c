"""The parts of plugin_logic.py that depend on the declared inputs and outputs."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

from stage7_plugin.rendering.escaping import docstring, json, json_string, python_literal
from stage7_plugin.spec.constraint_words import parameter_words
from stage7_plugin.spec.names import as_python_reads
from stage7_plugin.spec.parameters import Parameter
from stage7_plugin.spec.sample_inputs import sample_value
from stage7_plugin.spec.text_rules import columns
from stage7_plugin.spec.value_types import VALUE_TYPES

_WIDTH = 100
_LONGEST_LITERAL = 60  # characters of a type hint; a longer one cannot be read
# Names that the rendered function uses itself, and letters that linters take for digits.
_TAKEN = frozenset(
    ["inputs", "context", "logger", "logging", "received", "execute_plugin", "Any", "STUB_ANSWER"]
) | frozenset(["I", "O", "l", *dir(builtins)])


def local_names(parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return a local variable for each parameter: its name, with a _ behind where that is taken."""
    listed = list(parameters)
    taken = {*_TAKEN, *(as_python_reads(parameter.name) for parameter in listed)}
    found: dict[str, str] = {}
    for parameter in listed:
        read = as_python_reads(parameter.name)
        # A leading underscore would mark the variable as unused.
        name = read.lstrip("_") or "value"
        if not name.isidentifier():
            name = f"value_{name}"
        if name != read or name in _TAKEN:
            while name in taken:
                name += "_"
        taken.add(name)
        found[parameter.name] = name
    return found


def annotation(parameter: Parameter) -> str:
    """Return the type hint of a parameter, such as `Literal["km", "mi"]` or `list[str]`."""
    return _annotation(parameter.type, parameter.constraints)


def _annotation(kind: str, constraints: dict[str, Any]) -> str:
    values = constraints.get("enum")
    if values and all(isinstance(value, (str, int)) for value in values):
        literal = f"Literal[{', '.join(map(python_literal, values))}]"
        if columns(literal) <= _LONGEST_LITERAL and literal.isprintable():
            return literal
    if "items" in constraints:
        items = constraints["items"]
        return f"list[{_annotation(items['type'], items)}]"
    return VALUE_TYPES[kind].annotation


def parameter_docs(parameters: Iterable[Parameter], indent: int) -> str:
    """Docstring lines, one parameter after the other: name, type, default, description."""
    lines = []
    for parameter in parameters:
        kind = annotation(parameter)
        if indent + columns(f"{parameter.name} ({kind}):") > _WIDTH:
            kind = VALUE_TYPES[parameter.type].annotation
        words = parameter_words(parameter)
        if kind.startswith("Literal["):
            words = words[1:]  # the type says it
        if parameter.default is not None:
            kind += f", default {json(parameter.default)}"
        elif not parameter.required:
            kind += ", optional"
        text = f"{parameter.name} ({', '.join([kind, *words])}): {parameter.description}"
        lines.append(" " * indent + docstring(text, indent=indent, hanging=4))
    return "\n".join(lines)


def input_locals(parameters: Iterable[Parameter], indent: int) -> str:
    """Return assignments of each declared input to a typed local variable, as ruff formats them."""
    listed = list(parameters)
    names = local_names(listed)
    margin = " " * indent
    lines = []
    for parameter in listed:
        certain = parameter.required or parameter.default is not None
        key = json_string(parameter.name)
        opening, closing = ("inputs[", "]") if certain else ("inputs.get(", ")")
        for hint in (annotation(parameter), VALUE_TYPES[parameter.type].annotation):
            if not certain and hint != "Any":
                hint += " | None"
            target = f"{margin}{names[parameter.name]}: {hint} = "
            if columns(target + opening) <= _WIDTH:
                break
        line = f"{target}{opening}{key}{closing}"
        if columns(line) <= _WIDTH:
            lines.append(line)
        else:
            lines += [f"{target}{opening}", f"{margin}    {key}", f"{margin}{closing}"]
    return "\n".join(lines)


def received_list(parameters: Iterable[Parameter], indent: int) -> str:
    """Return the local variables, one on a line, for a list of what has arrived."""
    names = local_names(parameters).values()
    return "\n".join(f"{' ' * indent}{name}," for name in names)


def output_values(parameters: Iterable[Parameter], indent: int) -> str:
    """Return the lines of the outputs object: each declared output with a value of its type."""
    margin = " " * indent
    return "\n".join(
        f"{margin}{json_string(parameter.name)}: {_stub_value(parameter)}"
        for parameter in parameters
    )


def _stub_value(parameter: Parameter) -> str:
    """Return a value for code that is not written yet, with its comma; sync knows it again."""
    if not parameter.constraints.keys() - {"items"}:
        return f"{VALUE_TYPES[parameter.type].stub},"
    value = sample_value(parameter.definition())
    if isinstance(value, str):
        return f"{json_string(value)},  # stub"
    return f"{python_literal(value)},  # stub"


def typing_names(parameters: Iterable[Parameter]) -> str:
    """Return what the stub imports from typing."""
    return "Any, Literal" if "Literal[" in input_locals(parameters, 4) else "Any"
