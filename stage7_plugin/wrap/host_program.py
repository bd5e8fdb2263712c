"""What the source of a host's Python plugin says about it; it is read, never run."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Container, Iterator
from typing import Any, TypeAlias

from stage7_plugin.spec.value_types import TYPES
from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.python.requirements import CALLED

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
FUNCTIONS = ("execute_plugin", "execute_action", "execute")
"""What the host's plugins call their function, where the manifest does not name it."""

# Packages that are what they are called. One of a name that only looks right can be anybody's.
_WELL_KNOWN = frozenset((
    "aiohttp", "boto3", "cryptography", "docker", "httpx", "jinja2", "jsonschema", "lxml",
    "markdown", "matplotlib", "numpy", "openai", "openpyxl", "pandas", "pydantic", "pymongo",
    "redis", "reportlab", "requests", "scipy", "sqlalchemy", "urllib3", "yfinance",
))  # fmt: skip


def parse(content: bytes, shown: str) -> ast.Module:
    """Parse one source file.

    Raises:
        CannotWrap: It is not Python; with its line.
    """
    try:
        return ast.parse(content, shown)
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise CannotWrap(
            shown,
            line,
            f"it is not valid Python: {what}",
            f"code that Python {version} can run; the host cannot run it either, unless its "
            "Python is newer",
            f"python -m py_compile {shown}",
        ) from None


def reads_standard_input(tree: ast.Module) -> bool:
    """Tell whether the code reads standard input, where the host writes the inputs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("stdin", "__stdin__"):
            return True
        if isinstance(node, ast.ImportFrom) and any(one.name == "stdin" for one in node.names):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            from_zero = isinstance(first, ast.Constant) and first.value in (0, "/dev/stdin")
            if node.func.id == "input" or (node.func.id == "open" and from_zero):
                return True
        if isinstance(node, ast.Import) and any(one.name == "fileinput" for one in node.names):
            return True
    return False


def function(tree: ast.Module, named: str) -> Function | None:
    """Find the function that does the work: what the manifest names, or has a usual name."""
    found = {
        node.name: node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    return next((found[name] for name in (named, *FUNCTIONS) if name in found), None)


def parameters(function: Function) -> list[str]:
    """Return the names of a function's parameters."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args)]
    return [*names, given.kwarg.arg] if given.kwarg else names


def keys_asked_of(function: Function, tree: ast.Module) -> list[str]:
    """Find the inputs that a function of one parameter takes out of it: `inputs.get("action")`.

    Other functions that have a parameter of the same name count, too.
    """
    (parameter,) = parameters(function)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, key = node.func.value, node.args[0] if node.args else None
            if node.func.attr != "get":
                continue
        elif isinstance(node, ast.Subscript):
            owner, key = node.value, node.slice
        else:
            continue
        if isinstance(owner, ast.Name) and owner.id == parameter:
            found.append(_text(key))
    return [key for key in dict.fromkeys(found) if key]


def output_names(tree: ast.Module) -> dict[str, tuple[str, int]]:
    """Find the names of outputs that the code writes out; return type and line of each."""
    found: dict[str, tuple[str, int]] = {}
    for node in ast.walk(tree):
        name, kind = "", ""
        if isinstance(node, ast.Dict):
            items = {_text(key): value for key, value in zip(node.keys, node.values, strict=True)}
            if {"success", "name", "resultType"} <= items.keys() and not _is_false(
                items["success"]
            ):
                name, kind = _text(items["name"]), _type(items["resultType"])
        elif isinstance(node, ast.Call):
            name, kind = _of_call(node)
        if name:
            found.setdefault(name, (kind, getattr(node, "lineno", 1)))
    return found


def _of_call(node: ast.Call) -> tuple[str, str]:
    """Read `PluginOutput(True, "name", type, ...)` or `create_success_output("name", ...)`."""
    called = getattr(node.func, "id", getattr(node.func, "attr", ""))
    given = {word.arg: word.value for word in node.keywords}
    if called == "PluginOutput":
        given.update(zip(("success", "name", "resultType"), node.args, strict=False))
        if "success" in given and _is_false(given["success"]):
            return "", ""
    elif re.search("success_?output", called, re.IGNORECASE):
        given.update(zip(("name", "result", "resultType"), node.args, strict=False))
    else:
        return "", ""
    return _text(given.get("name")), _type(given.get("resultType") or given.get("result_type"))


def _text(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _type(node: ast.AST | None) -> str:
    """Return a type of the manifest: `"string"` or `PluginParameterType.STRING`; else any."""
    word = node.attr if isinstance(node, ast.Attribute) else _text(node)
    return word.lower() if word.lower() in TYPES else "any"


def values_compared(tree: ast.Module, name: str) -> list[str]:
    """Find texts with which the code compares a variable, such as the actions that it knows."""
    variables = {name, f"{name}_lower", f"{name.lower()}"}
    tables = {
        target.id: _keys(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: list[str] = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Compare)
            and isinstance(node.left, ast.Name)
            and node.left.id in variables
            and len(node.ops) == 1
        ):
            other = node.comparators[0]
            if isinstance(node.ops[0], (ast.In, ast.NotIn)):
                found += tables.get(other.id, []) if isinstance(other, ast.Name) else _keys(other)
            elif isinstance(node.ops[0], ast.Eq):
                found.append(_text(other))
    return [text for text in dict.fromkeys(found) if text]


def example_inputs(tree: ast.Module, names: Container[str]) -> dict[str, Any]:
    """Return the inputs with which the program tries itself, below `if __name__ == "__main__"`.

    Args:
        tree: The program.
        names: Of its inputs.
    """
    guards = [node for node in tree.body if isinstance(node, ast.If)]
    for node in (found for guard in guards for found in ast.walk(guard)):
        if not isinstance(node, ast.Dict):
            continue
        try:
            given = ast.literal_eval(node)
        except (ValueError, TypeError):  # not only literals
            continue
        if given and all(isinstance(key, str) and key in names for key in given):
            return dict(given)
    return {}


def types_asked_for(tree: ast.Module, name: str) -> set[str]:
    """Find the types, in the manifest's words, that the code asks with `isinstance` of a name."""
    words = {"str": "string", "dict": "object", "list": "array", "tuple": "array",
             "bool": "boolean", "int": "number", "float": "number"}  # fmt: skip
    found: set[str] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "isinstance"
            and len(node.args) == 2
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id == name
        ):
            kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
            found |= {words.get(getattr(kind, "id", ""), "any") for kind in kinds}
    return found


def _keys(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Dict):
        return [_text(key) for key in node.keys]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return [_text(item) for item in node.elts]
    return []


def imported_packages(tree: ast.Module, local: set[str]) -> dict[str, tuple[str, int, bool]]:
    """Find what is imported from neither the standard library nor the plugin's folder.

    Args:
        tree: One source file.
        local: The plugin's own modules.

    Returns:
        By module: the package that has it, "" if that is not known; the line; and whether the code
        cannot do without, because the import is in no function and no `try`.
    """
    found: dict[str, tuple[str, int, bool]] = {}
    for node, needed in _imports(tree, True):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            module = name.partition(".")[0]
            if module in sys.stdlib_module_names or module in local or not module:
                continue
            before = found.get(module)
            if before is None or (needed and not before[2]):
                found[module] = (_package(module), node.lineno, needed)
    return found


def _package(module: str) -> str:
    return CALLED.get(module, module if module in _WELL_KNOWN else "")


def _imports(node: ast.AST, needed: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child, needed
        else:
            guards = (ast.Try, ast.FunctionDef, ast.AsyncFunctionDef, ast.If)
            yield from _imports(child, needed and not isinstance(child, guards))
