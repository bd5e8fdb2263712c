"""What a type hint means for an input or output."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stage7_plugin.spec.value_types import TYPES, has_type
from stage7_plugin.wrap.python import constraints, objects
from stage7_plugin.wrap.python.meanings import (
    ANY,
    LISTS,
    OBJECTS,
    SIMPLE,
    STREAMS,
    TUPLES,
    WRAPPERS,
    Meaning,
    converted,
    plain,
)
from stage7_plugin.wrap.python.modules import Module, Modules, Named

if TYPE_CHECKING:
    import griffe

_ITSELF = Meaning()
"""An alias inside itself: an example ends there."""

_DEEPEST = 8
_MOST_MEMBERS = 40  # shown in a sample


class Hints:
    """Reads hints; what they name is looked up where they are written."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._open: set[str] = set()  # what is being read, and may name itself

    def meaning(self, hint: str | None, module: Module) -> Meaning:
        """Return what a hint means; anything without one."""
        if not hint:
            return Meaning()
        return self._text(hint, module, 0)

    def _text(self, hint: str, module: Module, depth: int) -> Meaning:
        try:
            return self._of(ast.parse(objects.unquoted(hint), mode="eval").body, module, depth)
        except SyntaxError:  # such as what a docstring calls a type: "array-like"
            return Meaning()

    def _of(self, node: ast.expr, module: Module, depth: int) -> Meaning:
        if depth > _DEEPEST:
            return Meaning()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                return self._text(node.value, module, depth + 1)
            return Meaning(optional=True) if node.value is None else Meaning()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union([node.left, node.right], module, depth)
        if isinstance(node, ast.Subscript):
            named = self._modules.named(module, ast.unparse(node.value))
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return self._generic(named, inner, module, depth)
        return self._name(self._modules.named(module, ast.unparse(node)), depth)

    def _generic(self, named: Named, inner: list[ast.expr], module: Module, depth: int) -> Meaning:
        path, last = named.path, named.path.rpartition(".")[2]
        if last in ("Optional", "Union"):
            none = [ast.Constant(None)] if last == "Optional" else []
            return self._union([*inner, *none], module, depth)
        if last == "Literal" and named.module is None:
            return _literal(inner)
        if last == "Annotated" and named.module is None:
            return self._annotated(inner, module, depth)
        if last in WRAPPERS and named.module is None:
            return self._of(inner[-1], module, depth + 1)
        if path in STREAMS:
            items = self._list(inner[0], module, depth)
            return replace(items, plain=False, stream=True)
        if path in LISTS:
            found = self._list(inner[0], module, depth)
            return replace(found, plain=found.plain and LISTS[path])
        if path in TUPLES:
            return self._tuple(inner, module, depth)
        if path in OBJECTS:
            values = self._of(inner[-1], module, depth + 1)
            if values is _ITSELF:
                return Meaning({"type": "object"}, sample={})
            key = self._of(inner[0], module, depth + 1)  # in JSON it is a text
            is_text = key.plain and key.definition["type"] in ("string", "any")
            sample = {"key" if is_text else str(key.example("")): values.example("")}
            if is_text and values.plain:
                return Meaning({"type": "object"}, sample=sample if values.sample else None)
            return Meaning({"type": "object"}, plain=False, sample=sample)
        if path in ("type", "typing.Type"):
            return Meaning(fault="a class")
        return self._name(named, depth)

    def _list(self, item: ast.expr, module: Module, depth: int) -> Meaning:
        items = self._of(item, module, depth + 1)
        definition: dict[str, Any] = {"type": "array"}
        if items is _ITSELF:
            return Meaning(definition, sample=[])
        if items.definition["type"] != "any" and not items.optional:
            definition["items"] = items.definition
        sample = None if items.sample is None else [items.sample]
        return Meaning(definition, plain=items.plain, sample=sample, fault=items.fault)

    def _tuple(self, inner: list[ast.expr], module: Module, depth: int) -> Meaning:
        if len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is ...:
            return replace(self._list(inner[0], module, depth), plain=False)
        parts = tuple(self._of(one, module, depth + 1) for one in inner)
        size = len(parts)
        definition: dict[str, Any] = {"type": "array", "minItems": size, "maxItems": size}
        same = all(one.definition == parts[0].definition for one in parts)
        if parts and same and parts[0].definition != ANY:
            definition["items"] = parts[0].definition
        sample = [one.example("") for one in parts]
        fault = next((one.fault for one in parts if one.fault), "")
        return Meaning(definition, plain=False, sample=sample, parts=parts, fault=fault)

    def _union(self, nodes: list[ast.expr], module: Module, depth: int) -> Meaning:
        found = [self._of(node, module, depth + 1) for node in nodes]
        real = [one for one in found if one.definition != ANY or one.fault or not one.optional]
        possible = [one for one in real if not one.fault]
        optional = len(real) < len(found) or any(one.optional for one in found)
        if not possible:
            return replace(real[0], optional=optional) if real else Meaning(optional=optional)
        if len(possible) == 1:
            return replace(possible[0], optional=optional)
        plain = all(one.plain for one in possible)
        kinds = {one.definition["type"] for one in possible}
        kind = kinds.pop() if len(kinds) == 1 else "any"
        sample = possible[0].sample if possible[0].sample is not None else None
        if kind == "any" and sample is None:
            sample = possible[0].example("")
        return Meaning({"type": kind}, optional=optional, plain=plain, sample=sample)

    def _annotated(self, inner: list[ast.expr], module: Module, depth: int) -> Meaning:
        found = self._of(inner[0], module, depth + 1)
        whole = ast.unparse(inner[0]) == "int"
        for extra in inner[1:]:
            said = constraints.read(extra, found.definition, whole)
            found = replace(
                found,
                definition={**found.definition, **said.constraints},
                words=said.words or found.words,
                sample=found.sample if said.example is None else said.example,
            )
        return found

    def _name(self, named: Named, depth: int) -> Meaning:
        if named.member is None or named.module is None:
            return self._external(named.path)
        if named.path in self._open:
            return plain("object") if named.member.is_class else _ITSELF
        self._open.add(named.path)
        try:
            return self._own(named, named.member, named.module, depth)
        finally:
            self._open.remove(named.path)

    def _own(self, named: Named, member: griffe.Object, module: Module, depth: int) -> Meaning:
        """Return what a name of the source itself means."""
        if member.is_class:
            return self._class(named, depth)
        value = getattr(member, "value", None)
        if value is None:
            return Meaning()
        tree = ast.parse(str(value), mode="eval").body  # an alias, a NewType or a TypeVar
        if isinstance(tree, ast.Call):
            called = ast.unparse(tree.func).rpartition(".")[2]
            if called == "NewType" and len(tree.args) == 2:
                return self._of(tree.args[1], module, depth + 1)
            bound = [one.value for one in tree.keywords if one.arg == "bound"]
            if called == "TypeVar" and (bound or len(tree.args) > 2):
                return self._union(bound or tree.args[1:], module, depth)
            if called in ("Enum", "IntEnum", "StrEnum"):
                return _enumeration(objects.values_of_call(tree, called))
            return Meaning(plain=called == "TypeVar")
        return self._of(tree, module, depth + 1)

    def _external(self, path: str) -> Meaning:
        if path in SIMPLE:
            return SIMPLE[path]
        if path in LISTS:
            return Meaning({"type": "array"}, plain=LISTS[path])
        if path in STREAMS:
            return Meaning({"type": "array"}, plain=False, stream=True)
        if path in OBJECTS:
            return plain("object")
        if path in TUPLES:
            return converted("array")
        if path in ("None", "typing.NoReturn", "typing.Never"):
            return Meaning(optional=True)
        shape = objects.shape_of(self._modules, Named(path))
        if shape != "other":
            return converted("object")
        # A docstring's own word, such as "array", is none of Python's.
        known = "." in path or path in ("type", "memoryview", "range", "slice")
        return Meaning(fault=path) if known else Meaning()

    def _class(self, named: Named, depth: int) -> Meaning:
        shape = objects.shape_of(self._modules, named)
        if shape == "enum":
            return _enumeration(objects.enum_values(self._modules, named))
        if shape == "other":
            return Meaning(fault=f"{named.path}, its own class")
        members = objects.members_of(self._modules, named)
        meanings = {one.name: self._member(one, depth) for one in members[:_MOST_MEMBERS]}
        sample = {
            one.name: meanings[one.name].example(one.name)
            for one in members[:_MOST_MEMBERS]
            if one.required and not meanings[one.name].fault
        }
        fault = next(
            (meanings[one.name].fault for one in members[:_MOST_MEMBERS] if one.required), ""
        )
        typed_dict = shape == "typed dict"
        return Meaning(
            {"type": "object"},
            plain=typed_dict and all(one.plain for one in meanings.values()),
            sample=sample,
            fault=fault,
            words=_listed(members, meanings),
            members=tuple(members) if typed_dict else (),
        )

    def _member(self, member: objects.Member, depth: int) -> Meaning:
        return self._text(member.hint, member.module, depth + 1)


def _listed(members: list[objects.Member], meanings: dict[str, Meaning]) -> str:
    names = [
        f"{one.name} ({kind.definition['type']}{'' if one.required else ', optional'})"
        for one in members
        if (kind := meanings.get(one.name))
    ]
    return f"with {', '.join(names)}" if names else ""


def _literal(inner: list[ast.expr]) -> Meaning:
    values = [one.value for one in inner if isinstance(one, ast.Constant)]
    if len(values) < len(inner):
        negative = all(isinstance(one, (ast.Constant, ast.UnaryOp)) for one in inner)
        return Meaning() if negative else Meaning(fault="a Literal of members of an enum")
    optional = None in values
    given = list(dict.fromkeys(value for value in values if value is not None))
    found = _choices(given)
    return replace(found, optional=optional)


def _enumeration(values: list[Any]) -> Meaning:
    return replace(_choices(values), plain=False)


def _choices(values: list[Any]) -> Meaning:
    kind = next((kind for kind in TYPES if values and _are(kind, values)), "any")
    if kind in ("string", "number"):
        return Meaning({"type": kind, "enum": values})
    sample = values[0] if values and has_type(values[0], "any") else None
    return Meaning({"type": kind}, sample=sample)


def _are(kind: str, values: list[Any]) -> bool:
    return all(has_type(one, kind) for one in values)
