"""What a type hint or a default means for an input or output."""

from __future__ import annotations

import ast
from typing import Any

_TYPES = {
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "dict": "object",
    "tuple": "array",
    "set": "array",
}


def definition_of(hint: str | None) -> dict[str, Any]:
    """Return the type, and constraints where there are any, of a hint; any without one."""
    if not hint:
        return {"type": "any"}
    tree = ast.parse(hint, mode="eval").body
    name = tree.value if isinstance(tree, ast.Subscript) else tree
    return {"type": _TYPES.get(ast.unparse(name), "any")}


def type_of_value(value: Any) -> str:
    """Return the type of a default, for what has no hint."""
    return _TYPES.get(type(value).__name__, "any")
