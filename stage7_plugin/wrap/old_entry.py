"""Which function of a module made by hand does the plugin's work."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_reads import AnyFunction, Function

USUAL = ("execute_plugin", "execute", "run", "process", "handle", "handler", "main")
EXAMPLE = "def execute_plugin(inputs, context):"


def find_entry(tree: ast.Module, path: str, called: str) -> tuple[AnyFunction, str]:
    """Find the function that does the work, and the class if it is a method.

    Args:
        tree: The module.
        path: Its file, for messages.
        called: What the server calls of it; may be empty.

    Raises:
        CannotWrap: There is none.
    """
    top = [*_top(tree)]
    functions = {node.name: node for node in top if isinstance(node, Function)}
    classes = {node.name: node for node in top if isinstance(node, ast.ClassDef)}
    for name in dict.fromkeys(("execute_plugin", called, *USUAL)):
        if name in functions:
            return functions[name], ""
        if name in classes and (method := _method(classes[name])):
            return method, name
    public = [node for name, node in functions.items() if not name.startswith("_")]
    if len(public) == 1:
        return public[0], ""
    line, problem = _other_form(top, classes)
    listed = ", ".join(node.name for node in public) or "none"
    usual = (
        f"it has no function execute_plugin, and server.py calls none of its functions ({listed})"
    )
    raise CannotWrap(
        path,
        line,
        problem or usual,
        "a function of that name at the top level of the file",
        EXAMPLE,
    )


def _top(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements of a module, with those below `if` and `try`, which count as well."""
    waiting = [*tree.body]
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, (ast.If, ast.Try)):
            handlers = [one.body for one in getattr(node, "handlers", ())]
            parts = (node.body, *handlers, node.orelse, getattr(node, "finalbody", []))
            waiting = [*(one for part in parts for one in part), *waiting]


def _other_form(top: list[ast.stmt], classes: dict[str, ast.ClassDef]) -> tuple[int | None, str]:
    """Say where the logic is something else than a function of this module; "" if nowhere."""
    for node in top:
        if isinstance(node, ast.ImportFrom):
            names, how = [one.asname or one.name for one in node.names], "imported"
        elif isinstance(node, ast.Assign):
            names, how = [getattr(target, "id", "") for target in node.targets], "assigned"
        else:
            continue
        if any(name in USUAL for name in names):
            return node.lineno, f"its function is {how}: {ast.unparse(node)[:60]}"
    for node in classes.values():
        start = next((one for one in node.body if getattr(one, "name", "") == "__init__"), None)
        if isinstance(start, Function) and not needs_nothing(start, 1):
            needed = ast.unparse(start.args)
            return start.lineno, f"the class {node.name} is created with arguments: {needed!r}"
    return None, ""


def _method(node: ast.ClassDef) -> AnyFunction | None:
    """Find the method that does the work, if an instance can be made without arguments."""
    methods = {one.name: one for one in node.body if isinstance(one, Function)}
    start = methods.get("__init__")
    if start is not None and not needs_nothing(start, 1):
        return None
    return next((methods[name] for name in USUAL if name in methods), None)


def needs_nothing(function: AnyFunction, given: int = 0) -> bool:
    """Tell whether a function can be called with this number of arguments."""
    arguments = function.args
    needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return needed <= given and None not in arguments.kw_defaults
