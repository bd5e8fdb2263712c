"""What the extras of `Annotated` say: pydantic's Field, annotated-types, Doc, or a plain text."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from stage7_plugin.spec.constraint_rules import constraint_faults

_BOUNDS = {"ge": "minimum", "gt": "minimum", "le": "maximum", "lt": "maximum"}
_LENGTHS = {"min_length": ("minLength", "minItems"), "max_length": ("maxLength", "maxItems")}
_CALLS = {"Ge": "ge", "Gt": "gt", "Le": "le", "Lt": "lt"}
_LENGTH_CALLS = {"MinLen": "min_length", "MaxLen": "max_length"}


class Said(NamedTuple):
    """What an extra says about a value.

    Attributes:
        constraints: As in manifest.json.
        words: A description.
        example: A value; None for none.
    """

    constraints: dict[str, Any]
    words: str = ""
    example: Any = None


def read(node: ast.expr, definition: dict[str, Any], whole: bool) -> Said:
    """Read one extra; what is not understood says nothing.

    Args:
        node: As it is written.
        definition: Of the value.
        whole: Whether it is a whole number.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Said({}, node.value)
    if not isinstance(node, ast.Call):
        return Said({})
    called = ast.unparse(node.func).rpartition(".")[2]
    arguments = [value for one in node.args if (value := _literal(one)) is not None]
    keywords = {
        one.arg: value
        for one in node.keywords
        if one.arg and (value := _literal(one.value)) is not None
    }
    if called in ("Doc", "doc"):
        return Said({}, str(arguments[0]) if arguments else str(keywords.get("documentation", "")))
    if called in _CALLS or called in _LENGTH_CALLS:
        name = (_CALLS | _LENGTH_CALLS)[called]
        keywords = dict.fromkeys([name], next(iter((*arguments, *keywords.values())), None))
    elif called == "Len":
        named = dict(zip(("min_length", "max_length"), arguments, strict=False))
        keywords = {**named, **keywords}
    elif called not in ("Field", "Interval", "Meta", "StringConstraints", "Query", "Body"):
        return Said({})
    found = _constraints(keywords, definition, whole)
    words = str(keywords.get("description", ""))
    if not whole and found.keys() & {"minimum", "maximum"}:
        # The manifest has no bound that is left out.
        out = {"gt": "above", "lt": "below"}
        said = " and ".join(f"{out[key]} {keywords[key]}" for key in out if key in keywords)
        words = ", ".join(filter(None, [words, said]))
    examples = keywords.get("examples")
    example = examples[0] if isinstance(examples, list) and examples else None
    return Said(found, words, example)


def _constraints(given: dict[str, Any], definition: dict[str, Any], whole: bool) -> dict[str, Any]:
    kind = definition["type"]
    found: dict[str, Any] = {}
    for key, constraint in _BOUNDS.items():
        if key in given and kind == "number":
            step = {"gt": 1, "lt": -1}.get(key, 0) if whole else 0
            found[constraint] = given[key] + step
    for key, (of_text, of_list) in _LENGTHS.items():
        if key in given and kind in ("string", "array"):
            found[of_text if kind == "string" else of_list] = given[key]
    if "pattern" in given and kind == "string":
        found["pattern"] = given["pattern"]
    wrong = {"name": "it", **definition, **found}
    return {} if next(constraint_faults(wrong), None) else found


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, SyntaxError):
        return None
