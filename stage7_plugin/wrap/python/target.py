"""The function that a source names: found, and described as far as its call goes."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stage7_plugin.spec.problems import nearest
from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.python import objects
from stage7_plugin.wrap.python.modules import Module, Modules, Named
from stage7_plugin.wrap.python.place import Place

if TYPE_CHECKING:
    import griffe

# What these return is not an answer: a context manager, a command line, a fixture, a route.
_FUNCTION = "def shorten(text: str, most: int = 80) -> str: ..."
_OTHER_CALLS = ("contextmanager", "asynccontextmanager", "command", "group", "fixture", "overload",
                "singledispatch", "singledispatchmethod", "abstractmethod")  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A function that can be called.

    Attributes:
        module: Where it is defined.
        function: Its signature and docstring.
        imported: What is imported to call it, from the module that was named.
        call: How it is called: `name`, `Class.name` or `Class().name`.
        parameters: Those that are given: without self and cls.
        asynchronous: Whether its result is awaited.
        generator: Whether it yields.
        decorators: Those that may change its signature.
    """

    module: Module
    function: griffe.Function
    imported: str
    call: str
    parameters: tuple[griffe.Parameter, ...]
    asynchronous: bool
    generator: bool
    decorators: tuple[str, ...]


def find_target(modules: Modules, place: Place) -> Target:
    """Find the function that a place names.

    Raises:
        CannotWrap: There is none, or it cannot be called with named values.
    """
    start = modules.module(place.module)
    if start is None:
        expected = "a file whose name can be imported"
        found = f"{place.module} cannot be imported"
        raise CannotWrap(str(place.file), None, found, expected, "text_tools.py")
    name = place.name or _only_function(start, modules)
    named = modules.named(start, name)
    member, module = named.member, named.module
    shown = modules.shown(module or start)
    if member is None or module is None:
        raise _unknown(start, name, shown)
    if member.is_class:
        methods = [key for key, one in member.members.items() if one.is_function and key[0] != "_"]
        raise CannotWrap(
            shown,
            member.lineno,
            f"{name} is a class",
            "a function, or a method of the class",
            f"{name}.{methods[0]}" if methods else _FUNCTION,
        )
    if not member.is_function:
        expected = "a function or method, by the name it is defined with"
        example = f"def {name.rpartition('.')[2]}(text: str) -> str: ..."
        raise CannotWrap(shown, member.lineno, f"{name} is not a function", expected, example)
    function: griffe.Function = member  # type: ignore[assignment]
    call, skips = _call(modules, module, function, name)
    decorators = tuple(_decorators(function, shown))
    node = _node(module, function)
    return Target(
        module=module,
        function=function,
        imported=name.partition(".")[0],
        call=call,
        parameters=tuple(function.parameters)[skips:],
        asynchronous=isinstance(node, ast.AsyncFunctionDef)
        or _is_awaited(modules, module, function),
        generator=node is not None and _yields(node.body),
        decorators=decorators,
    )


def is_conditional(target: Target) -> bool:
    """Tell whether it depends on something else which of several definitions counts."""
    branches = [one for one in target.module.tree.body if isinstance(one, (ast.If, ast.Try))]
    inner = {id(node) for branch in branches for node in ast.walk(branch)}
    wanted = (ast.FunctionDef, ast.AsyncFunctionDef)
    same = [node for node in ast.walk(target.module.tree)
            if isinstance(node, wanted) and node.name == target.function.name]  # fmt: skip
    return len(same) > 1 and any(id(node) in inner for node in same)


def _only_function(module: Module, modules: Modules) -> str:
    known = _functions(module)
    public = [name for name in known if not name.startswith("_") and name != "main"]
    if len(public) == 1:
        return public[0]
    shown = modules.shown(module)
    expected = f"the name of one of {', '.join(public or known)}" if known else "a function in it"
    found = "it has several functions" if known else "it has no function"
    example = f"{module.file.name}:{(public or known)[0]}" if known else _FUNCTION
    raise CannotWrap(shown, None, found, expected, example)


def _functions(module: Module) -> list[str]:
    members = module.objects.members.items()
    return [name for name, one in members if not one.is_alias and one.is_function]


def _unknown(module: Module, name: str, shown: str) -> CannotWrap:
    known = _functions(module)
    classes = [one for one in module.objects.members.values() if not one.is_alias and one.is_class]
    methods = [f"{kind.name}.{key}" for kind in classes for key, m in kind.members.items()
               if m.is_function and key[0] != "_"]  # fmt: skip
    last = name.rpartition(".")[2]
    inherited = [one for one in methods if one.endswith(f".{last}")]
    meant = next(iter(inherited), "") or nearest(name, [*known, *methods])
    meant = meant or next(iter([*known, *methods]), "")
    expected = f"one of {', '.join([*known, *methods][:20])}" if meant else "a function"
    example = f"{module.file.name}:{meant}" if meant else _FUNCTION
    return CannotWrap(shown, None, f"it has no function {name}", expected, example)


def _call(
    modules: Modules, module: Module, function: griffe.Function, name: str
) -> tuple[str, int]:
    """Return how it is called, and how many of its parameters are not given."""
    parent = function.parent
    if parent is None or not parent.is_class:
        return name, 0
    owner = name.rpartition(".")[0]
    if function.name in ("__init__", "__new__", "__post_init__"):
        raise CannotWrap(
            modules.shown(module),
            function.lineno,
            f"{name} makes an object, which JSON cannot represent",
            "a function, or a method that returns a value",
            f"def {parent.name.lower()}(...): return {owner}(...).answer()",
        )
    if "staticmethod" in function.labels:
        return name, 0
    if "classmethod" in function.labels:
        return name, 1
    needed = _needed(modules, modules.named(module, owner))
    if needed:
        raise CannotWrap(
            modules.shown(module),
            function.lineno,
            f"{name} needs an object, and {owner}() needs {', '.join(needed)}",
            "a function, or a method of a class that is made without arguments",
            f"def {function.name}_once(...): return {owner}(...).{function.name}(...)",
        )
    return f"{owner}().{function.name}", 1


def _needed(modules: Modules, owner: Named) -> list[str]:
    """Return what an object of a class cannot be made without."""
    assert owner.member is not None
    init: Any = owner.member.members.get("__init__")
    if init is not None and not init.is_alias and init.is_function:
        given = list(init.parameters)[1:]
        return [one.name for one in given if one.required and "variadic" not in one.kind.value]
    if objects.shape_of(modules, owner) in ("dataclass", "model"):
        return [one.name for one in objects.members_of(modules, owner) if one.required]
    return []


def _is_awaited(modules: Modules, module: Module, function: griffe.Function) -> bool:
    """Tell whether an ordinary function returns something to wait for."""
    returns = objects.unquoted(str(function.returns or "")).partition("[")[0]
    path = modules.named(module, returns).path if returns else ""
    return path.rpartition(".")[2] in ("Awaitable", "Coroutine") and "." in path


def _decorators(function: griffe.Function, shown: str) -> list[str]:
    found = []
    for decorator in function.decorators:
        text = str(decorator.value).partition("(")[0]
        last = text.rpartition(".")[2]
        if last in _OTHER_CALLS:
            raise CannotWrap(
                shown,
                decorator.lineno,
                f"@{text} makes something else of {function.name}",
                "a function that takes values and returns a value: call it from one",
                f"def answer(...): return {function.name}(...)",
            )
        if last not in ("staticmethod", "classmethod", "cache", "lru_cache", "override", "final"):
            found.append(text)
    return found


def _node(
    module: Module, function: griffe.Function
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            if node.name == function.name and function.lineno in (node.lineno, first):
                return node
    return None


def _yields(body: list[ast.stmt]) -> bool:
    """Tell whether a function's own body yields; what is defined in it is another's."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
        if not isinstance(node, inner):
            waiting += ast.iter_child_nodes(node)
    return False
