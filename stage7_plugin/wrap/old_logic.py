"""How the logic of a plugin made by hand is called and what it reads, found with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_entry import EXAMPLE, find_entry, needs_nothing
from stage7_plugin.wrap.old_reads import AnyFunction, Function, Reads, constant_of, text_of

_CONTEXT = ("context", "ctx", "_context", "_ctx")
_BARE = (ast.Constant, ast.JoinedStr, ast.List, ast.ListComp, ast.BinOp)
_RESULTS = {
    "len": "number",
    "int": "number",
    "float": "number",
    "str": "string",
    "bool": "boolean",
    "list": "array",
    "sorted": "array",
    "dict": "object",
}
_REQUEST = ("request", "req", "payload", "body", "event", "message", "data")


@dataclass(frozen=True)
class Logic:
    """What the plugin's code expects, and gives.

    Attributes:
        name: Of the function, or of the class.
        method: Of the class; empty for a function.
        line: Where it is defined.
        arguments: How it is called, with the names `inputs` and `context`: "inputs, context".
        enveloped: Whether it reads {"value": ...} around each input, and the line.
        undeclared: Inputs that it reads and the manifest does not declare, with the line.
        outputs: Type and line of each output that it writes out and nobody declares.
        wrapped: Whether what it returns is put into {"success": True, "outputs": ...}.
        unsure: Whether that cannot be told from the code.
        is_async: Whether it has to be awaited.
        setup: Whether the module has a `setup` that is not a start of a plugin, and its line.
        starts: Whether it has one that is.
    """

    name: str
    method: str
    line: int
    arguments: str
    enveloped: int = 0
    undeclared: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, tuple[str, int]] = field(default_factory=dict)
    wrapped: bool = False
    unsure: bool = False
    is_async: bool = False
    setup: int = 0
    starts: bool = False

    @property
    def documented(self) -> bool:
        """Whether the template's server can call it as it is."""
        return (
            self.name == "execute_plugin"
            and not self.method
            and self.arguments == "inputs, context"
            and not (self.enveloped or self.undeclared or self.wrapped or self.setup)
        )


class Declared(NamedTuple):
    """The manifest's side: names of inputs with their types, and names of outputs."""

    inputs: dict[str, str]
    outputs: Collection[str]


def read_logic(
    tree: ast.Module, path: str, declared: Declared, called: str, wraps: bool, calls_setup: bool
) -> Logic:
    """Look at a module.

    Args:
        tree: The parsed module.
        path: Its file, for messages.
        declared: What the manifest declares.
        called: What the old server calls of it; may be empty.
        wraps: Whether the old server puts the result into {"outputs": ...}.
        calls_setup: Whether the old server calls its `setup`.

    Raises:
        CannotWrap: It has no function that could be called.
    """
    found, owner = find_entry(tree, path, called)
    arguments, first, whole = _arguments(found, bool(owner), declared, path)
    reads = Reads(tree, found, first, whole, declared.inputs)
    dictionaries, bare = _returned(found)
    outputs: dict[str, ast.expr] = {}
    for node in dictionaries:
        keys = _keys(node)
        inner = keys.get("outputs")
        if isinstance(inner, ast.Dict):
            outputs |= _keys(inner)
        elif "success" not in keys and not inner and keys:
            outputs |= keys
    plain = bare or any("success" not in _keys(node) and _keys(node) for node in dictionaries)
    says_success = any("success" in _keys(node) for node in dictionaries)
    setup = _setup(tree)
    starts = setup is not None and calls_setup and needs_nothing(setup)
    return Logic(
        name=owner or found.name,
        method=found.name if owner else "",
        line=found.lineno,
        arguments=arguments,
        enveloped=reads.enveloped,
        undeclared=reads.undeclared,
        outputs={
            name: (_type(value), value.lineno)
            for name, value in outputs.items()
            if name and name not in declared.outputs
        },
        wrapped=plain or (wraps and not says_success),
        unsure=not says_success,
        is_async=isinstance(found, ast.AsyncFunctionDef),
        setup=0 if setup is None or starts else setup.lineno,
        starts=starts,
    )


def _arguments(
    function: AnyFunction, method: bool, declared: Declared, path: str
) -> tuple[str, str, bool]:
    """Tell how to call the function; return that, what gets the inputs, whether in a request."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args)][1 if method else 0 :]
    needed = names[: len(names) - len(given.defaults)]
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    keywords = [one.arg for one, default in pairs if default is None]
    only = {one.arg for one in given.kwonlyargs}
    if not names and "inputs" in only and {*keywords} <= {"inputs", "context"}:
        return (
            ", ".join(f"{one}={one}" for one in ("inputs", "context") if one in only),
            "inputs",
            False,
        )
    if len(names) == 2 and names[1] in _CONTEXT and not keywords:
        return "inputs, context", names[0], False
    if len(names) == 2 and names[0] in _CONTEXT and not keywords:
        return "context, inputs", names[1], False
    accepted = [*names, *(one.arg for one in given.kwonlyargs)]
    reads_names = any(constant_of(one, names[:1]) in declared.inputs for one in ast.walk(function))
    wanted = {*needed, *keywords} - {*_CONTEXT}
    known = wanted <= {*declared.inputs} and not reads_names
    if (known and {*accepted} & {*declared.inputs}) or (given.kwarg and not names):
        return _by_name(accepted, wanted, bool(given.kwarg), declared), "", False
    if keywords or len(needed) > 2 or (not names and not given.vararg and keywords):
        raise _uncallable(function, path)
    if not names:
        return ("inputs, context" if given.vararg else ""), "", False
    if len(needed) == 2 or given.vararg:
        return "inputs, context", names[0], False
    if names[0] in _REQUEST and any(
        constant_of(one, names[:1]) == "inputs" for one in ast.walk(function)
    ):
        return '{"inputs": inputs, "context": context}', names[0], True
    return "inputs", names[0], False


def _by_name(accepted: list[str], wanted: set[str], every: bool, declared: Declared) -> str:
    """Write the arguments of a function that has a parameter for each input."""
    context = [f"{name}=context" for name in accepted if name in _CONTEXT][:1]
    if every:
        return ", ".join(["**inputs", *context])
    inputs = [name for name in accepted if name in declared.inputs]
    words = [f'{name}=inputs.get("{name}")' for name in inputs if name in wanted]
    optional = [name for name in inputs if name not in wanted]
    if optional:
        listed = ", ".join(f'"{name}"' for name in optional) + ("," if len(optional) == 1 else "")
        words.append(f"**{{name: inputs[name] for name in ({listed}) if name in inputs}}")
    return ", ".join([*words, *context])


def _uncallable(function: AnyFunction, path: str) -> CannotWrap:
    return CannotWrap(
        path,
        function.lineno,
        f"{function.name} takes {ast.unparse(function.args)!r}",
        "a function that takes the inputs and the context, or one parameter for each input",
        EXAMPLE,
    )


def _keys(node: ast.Dict) -> dict[str, ast.expr]:
    return {text_of(key): value for key, value in zip(node.keys, node.values, strict=True) if key}


def _returned(function: AnyFunction) -> tuple[list[ast.Dict], bool]:
    """Dictionaries that the function returns, written out, and whether it returns other values."""
    dictionaries, bare = [], False
    assigned: dict[str, list[ast.expr]] = {}
    for node in _own_nodes(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            assigned.setdefault(ast.unparse(node.targets[0]), []).append(node.value)
    for node in _own_nodes(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        values = assigned.get(ast.unparse(node.value), [node.value])
        for value in values:
            if isinstance(value, ast.Dict):
                dictionaries.append(value)
            elif isinstance(value, _BARE) and getattr(value, "value", value) is not None:
                bare = True
    return dictionaries, bare


def _type(node: ast.expr) -> str:
    """Return the type of an output, where its expression tells."""
    if isinstance(node, ast.Constant) and node.value is not None:
        kinds = {bool: "boolean", str: "string", int: "number", float: "number"}
        return kinds.get(type(node.value), "any")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _RESULTS.get(node.func.id, "any")
    for kind, name in (
        ((ast.JoinedStr,), "string"),
        ((ast.List, ast.ListComp), "array"),
        ((ast.Dict, ast.DictComp), "object"),
        ((ast.Compare,), "boolean"),
    ):
        if isinstance(node, kind):
            return name
    return "any"


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Every node of a function but those of functions inside."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            continue
        yield child
        yield from _own_nodes(child)


def _setup(tree: ast.Module) -> AnyFunction | None:
    return next(
        (node for node in tree.body if isinstance(node, Function) and node.name == "setup"), None
    )
