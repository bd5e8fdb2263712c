"""A name of an input or output in the author's code: where it is, and another name in its place.

Places come from the syntax tree, so that formatting and comments stay as they are.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from stage7_plugin.generate.sync import OutOfReach
from stage7_plugin.rendering import escaping

FUNCTION = "execute_plugin"


def by_hand(lines: list[str], what: str) -> OutOfReach:
    """Return the error that names lines of plugin_logic.py to change by hand."""
    listed = "\n".join(f"  plugin_logic.py:{line}" for line in lines)
    return OutOfReach(f"first {what} by hand, because its meaning is unclear here:\n{listed}")


def lines_that_name(text: str, name: str) -> list[str]:
    """List each line of code with a text that is exactly the name, as "12: code"."""
    lines = text.splitlines()
    numbers = sorted({node.lineno for node in _constants(_tree(text), name)})
    return [f"{number}: {lines[number - 1].strip()}" for number in numbers]


def renamed_names(text: str, kind: str, old: str, new: str) -> str:
    """Return the code with the name replaced: `inputs["old"]`, or a key of the outputs.

    Raises:
        OutOfReach: The name is also somewhere where it is not certain what it means.
    """
    tree = _tree(text)
    certain = list(_input_keys(tree) if kind == "input" else _output_keys(tree))
    places = [node for node in certain if node.value == old]
    others = [node for node in _constants(tree, old) if node not in places]
    lines = text.split("\n")
    if others:
        listed = [f"{node.lineno}: {lines[node.lineno - 1].strip()}" for node in others]
        raise by_hand(listed, f"rename or remove {old}")
    for node in sorted(places, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line = lines[node.lineno - 1].encode()  # offsets of the syntax tree count bytes
        end = node.end_col_offset or 0
        written = line[node.col_offset : end].decode()
        if written not in (f'"{old}"', f"'{old}'") or node.end_lineno != node.lineno:
            raise by_hand([f"{node.lineno}: {lines[node.lineno - 1].strip()}"], f"rename {old}")
        put = f"{written[0]}{new}{written[0]}"
        lines[node.lineno - 1] = (line[: node.col_offset] + put.encode() + line[end:]).decode()
    return "\n".join(lines)


def renamed_request(text: str, old: str, new: str) -> str:
    """Return the example request with the value under the new name."""
    try:
        request = json.loads(text)
        inputs = request["inputs"]
        if old not in inputs:
            return text
    except (ValueError, KeyError, TypeError) as error:
        reason = error if isinstance(error, ValueError) else 'it must be {"inputs": {...}}'
        raise OutOfReach(f"examples/request.json is not a valid request: {reason}") from error
    renamed = {new if name == old else name: value for name, value in inputs.items()}
    return escaping.json({**request, "inputs": renamed}, indent=2) + "\n"


def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise OutOfReach(f"plugin_logic.py cannot be read as Python: {error}") from error


def _constants(tree: ast.AST, name: str) -> list[ast.Constant]:
    """List the texts that are exactly the name; parts of f-strings have no place of their own."""
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    formatted = {id(part) for node in strings for part in node.values}
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == name and id(node) not in formatted
    ]


def _input_keys(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the keys in `inputs["..."]` and `inputs.get("...")` of execute_plugin."""
    for function in tree.body:
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if function.name != FUNCTION or not function.args.args:
            continue
        inputs = function.args.args[0].arg
        bound = [node for node in ast.walk(function) if _binds(node, inputs)]
        if len(bound) > 1:  # the argument itself is one
            return
        for node in ast.walk(function):
            key: ast.expr | None = None
            if isinstance(node, ast.Subscript) and _is_name(node.value, inputs):
                key = node.slice
            elif isinstance(node, ast.Call) and node.args and _is_get(node.func, inputs):
                key = node.args[0]
            if isinstance(key, ast.Constant):
                yield key


def _output_keys(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the keys of the object under "outputs" in an object of execute_plugin."""
    for function in tree.body:
        if getattr(function, "name", "") != FUNCTION:
            continue
        for node in ast.walk(function):
            if not isinstance(node, ast.Dict):
                continue
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "outputs":
                    inner = value.keys if isinstance(value, ast.Dict) else []
                    yield from (one for one in inner if isinstance(one, ast.Constant))


def _binds(node: ast.AST, name: str) -> bool:
    stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name
    return stored or (isinstance(node, ast.arg) and node.arg == name)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_get(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "get" and _is_name(node.value, name)
