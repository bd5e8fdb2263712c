"""What the code of a plugin made by hand reads of its inputs, followed through its functions."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Any

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef
_ROUNDS = 5  # as many calls deep as values are followed


def constant_of(node: ast.AST, names: Collection[str]) -> str:
    """Return the constant key by which one of the names is read: inputs["a"], inputs.get("a")."""
    owner, key = read_of(node)
    return key if isinstance(owner, ast.Name) and owner.id in names else ""


def read_of(node: ast.AST | None) -> tuple[ast.expr | None, str]:
    """Return owner and constant key of `owner[key]` or `owner.get(key)`; (None, "") for others."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return node.value, text_of(node.slice)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("get", "pop")
        and node.args
    ):
        return node.func.value, text_of(node.args[0])
    return None, ""


def text_of(node: ast.AST | None) -> str:
    """Return the text of a constant; "" for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


class Reads:
    """What a module reads of the inputs that its function is given.

    Attributes:
        enveloped: The line on which it reads `value` of an input without asking whether the input
            is a dictionary; 0 for none.
        undeclared: Names that it reads and that are not declared, with the line.
    """

    def __init__(
        self,
        tree: ast.Module,
        function: AnyFunction,
        first: str,
        whole: bool,
        types: Mapping[str, str],
    ) -> None:
        """Read.

        Args:
            tree: The module.
            function: The one that is called with the inputs.
            first: Its parameter that gets them; empty if it has one for each input.
            whole: Whether that gets the request around them too.
            types: The type of each declared input.
        """
        self.enveloped = 0
        self.undeclared: dict[str, int] = {}
        self._types = types
        self._functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
        # By function: names of what holds all inputs, and names of one input each.
        self._all: dict[AnyFunction, set[str]] = {node: set() for node in self._functions}
        self._one: dict[AnyFunction, dict[str, str]] = {node: {} for node in self._functions}
        self._request = (function, first) if whole else None
        if first and not whole:
            self._all[function].add(first)
        elif not first:  # a parameter for each input
            given = (*function.args.args, *function.args.kwonlyargs)
            self._one[function].update({one.arg: one.arg for one in given if one.arg in types})
        for _ in range(_ROUNDS):
            for node in self._functions:
                self._follow(node)
        for node in self._functions:
            self._look_at(node)

    def _follow(self, function: AnyFunction) -> None:
        """Give names to what is assigned, looped over and handed to other functions."""
        for node in _inside(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(function, target, node.value)
            elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                self._bind(function, node.target, node.value)
            elif isinstance(node, (ast.For, ast.comprehension)):
                self._loop(function, node.target, node.iter)
            elif isinstance(node, ast.Call):
                self._call(function, node)

    def _bind(self, function: AnyFunction, target: ast.AST, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        if self._holds_all(function, value):
            self._all[function].add(target.id)
        elif (name := self._input(function, value)) is not None:
            self._one[function].setdefault(target.id, name)

    def _loop(self, function: AnyFunction, target: ast.expr, over: ast.expr) -> None:
        if not (isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute)):
            return
        if not self._holds_all(function, over.func.value):
            return
        if over.func.attr == "items" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            target = target.elts[1]
        elif over.func.attr != "values":
            return
        if isinstance(target, ast.Name):
            self._one[function].setdefault(target.id, "")

    def _call(self, function: AnyFunction, node: ast.Call) -> None:
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for other in self._functions:
            if other.name != called:
                continue
            names = [one.arg for one in (*other.args.posonlyargs, *other.args.args)]
            if names[:1] == ["self"] and isinstance(node.func, ast.Attribute):
                names = names[1:]
            handed = [*zip(names, node.args, strict=False)]
            handed += [(word.arg, word.value) for word in node.keywords if word.arg]
            for name, value in handed:
                if self._holds_all(function, value):
                    self._all[other].add(name)
                elif (found := self._input(function, value)) is not None:
                    self._one[other].setdefault(name, found)

    def _holds_all(self, function: AnyFunction, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._all[function]
        if isinstance(node, ast.BoolOp):
            return self._holds_all(function, node.values[0])
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") == "dict":
            return self._holds_all(function, node.args[0])
        owner, key = read_of(node)
        return key == "inputs" and self._request == (function, getattr(owner, "id", ""))

    def _input(self, function: AnyFunction, node: ast.expr) -> str | None:
        """Name the input that an expression is, "" for any of them; None for others."""
        if isinstance(node, ast.Name):
            return self._one[function].get(node.id)
        if isinstance(node, ast.BoolOp):
            return self._input(function, node.values[0])
        if isinstance(node, ast.IfExp):
            return self._input(function, node.body)
        owner, key = read_of(node)
        if owner is not None and self._holds_all(function, owner):
            return key
        return None

    def _look_at(self, function: AnyFunction) -> None:
        guarded = {name for node in _inside(function) for name in self._guards(function, node)}
        for node in _inside(function):
            owner, key = read_of(node)
            if owner is None:
                continue
            if key and self._holds_all(function, owner) and key not in self._types:
                self.undeclared.setdefault(key, _line(node))
            name = self._input(function, owner) if key == "value" else None
            if name is None or self._types.get(name) == "object" or name in guarded:
                continue
            if ast.unparse(owner) not in guarded:
                self.enveloped = self.enveloped or _line(node)

    def _guards(self, function: AnyFunction, node: ast.AST) -> Iterator[str]:
        """Yield what is asked whether it is a dictionary: isinstance(x, dict), "value" in x."""
        asked: list[ast.expr] = []
        called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and called in ("isinstance", "hasattr"):
            asked = node.args[:1]
        elif isinstance(node, ast.Compare) and text_of(node.left) == "value":
            asked = node.comparators
        for one in asked:
            if self._input(function, one) is not None:
                yield ast.unparse(one)


def _inside(node: ast.AST) -> Iterator[Any]:
    """Every node of a function, but those of functions that have a name of their own."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (*Function, ast.ClassDef)):
            yield from _inside(child)


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))
