"""What the server of a plugin made by hand does, read with `ast`: its routes, and what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

_VERBS = frozenset(("get", "post", "put", "delete", "patch", "head", "options"))
# Decorators and calls whose first text is a path.
_ROUTES = _VERBS | {
    *("route", "api_route", "websocket", "add_url_rule", "add_api_route", "add_route", "add_get"),
    *("add_post", "add_put", "add_delete", "Route", "WebSocketRoute", "websocket_route"),
}
_HANDLERS = ("do_GET", "do_POST", "do_PUT", "do_DELETE", "do_PATCH")


class Route(NamedTuple):
    """One route of a server.

    Attributes:
        path: As it is written.
        line: Where.
    """

    path: str
    line: int


class Call(NamedTuple):
    """How the server calls the plugin's logic.

    Attributes:
        name: Of a function or class of the module; empty if it calls none.
        setup: Whether it calls `setup` of it.
        wraps: Whether it puts what the function returns into {"outputs": ...}.
    """

    name: str = ""
    setup: bool = False
    wraps: bool = False


def routes(tree: ast.Module) -> list[Route]:
    """Return every route in Flask, FastAPI, Starlette, aiohttp or http.server, in order."""
    return sorted(set(_routes(tree)), key=lambda route: route.line)


def _routes(tree: ast.Module) -> Iterator[Route]:
    prefixes = _prefixes(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call):
                    yield from _registered(decorator, prefixes)
            if node.name in _HANDLERS:
                yield from _compared(node)
        elif isinstance(node, ast.Call) and _name(node.func).startswith(("add_", "Route", "Web")):
            yield from _registered(node, prefixes)


def _registered(node: ast.Call, prefixes: dict[str, str]) -> Iterator[Route]:
    if _name(node.func) not in _ROUTES:
        return
    words = {word.arg: word.value for word in node.keywords}
    places = [*node.args[:1], *(words[key] for key in ("rule", "path") if key in words)]
    for place in places:
        path = _text(place)
        if path.startswith("/") or path == "":
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            prefix = prefixes.get(_name(owner), "") if owner is not None else ""
            yield Route(prefix + path or "/", node.lineno)


def _prefixes(tree: ast.Module) -> dict[str, str]:
    """Find the prefix of each Blueprint and APIRouter, by its variable."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            for word in node.value.keywords:
                if word.arg in ("url_prefix", "prefix") and _text(word.value):
                    found.update({_name(target): _text(word.value) for target in node.targets})
    return found


def _compared(function: ast.AST) -> Iterator[Route]:
    """Find the texts with which a handler of http.server compares self.path."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Compare) or "path" not in ast.unparse(node.left):
            continue
        for other in node.comparators:
            places = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
            for place in places:
                if _text(place).startswith("/"):
                    yield Route(_text(place), node.lineno)


def call_of(tree: ast.Module, module: str) -> Call:
    """Return what the server calls of a module."""
    imported: dict[str, str] = {}  # the name here: the name there, "" for the module itself
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] == module:
            imported.update({one.asname or one.name: one.name for one in node.names})
        elif isinstance(node, ast.Import):
            for one in node.names:
                if one.name.split(".")[-1] == module:
                    imported[one.asname or one.name] = ""
    called: list[str] = []
    wraps = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called += _called(node.func, imported)
            # Handed to a thread: run_in_executor(None, execute_plugin, inputs)
            for argument in node.args:
                if isinstance(argument, ast.Name) and imported.get(argument.id):
                    called.append(imported[argument.id])
        elif isinstance(node, ast.Dict):
            wraps = wraps or any(_text(key) == "outputs" for key in node.keys if key)
    names = [name for name in dict.fromkeys(called) if name != "setup"]
    preferred = [name for name in names if "execute" in name.lower()] or names
    return Call(preferred[0] if preferred else "", "setup" in called, wraps)


def _called(function: ast.expr, imported: dict[str, str]) -> list[str]:
    if isinstance(function, ast.Name) and imported.get(function.id):
        return [imported[function.id]]
    if isinstance(function, ast.Attribute) and imported.get(ast.unparse(function.value)) == "":
        return [function.attr]
    return []


def _name(node: ast.expr | None) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _text(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "\0"
