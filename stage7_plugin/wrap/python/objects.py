"""Classes that JSON objects and texts stand for: dataclasses, models, TypedDicts, tuples, enums."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from stage7_plugin.wrap.python.modules import Module, Modules, Named

if TYPE_CHECKING:
    import griffe

Shape = Literal["dataclass", "model", "typed dict", "named tuple", "enum", "other"]

_BASES: dict[str, Shape] = {
    "pydantic.BaseModel": "model",
    "pydantic.main.BaseModel": "model",
    "pydantic_settings.BaseSettings": "model",
    "msgspec.Struct": "other",
    "typing.TypedDict": "typed dict",
    "typing_extensions.TypedDict": "typed dict",
    "typing.NamedTuple": "named tuple",
    "typing_extensions.NamedTuple": "named tuple",
    **dict.fromkeys(("enum.Enum", "enum.StrEnum", "enum.IntEnum"), "enum"),
}
_DATACLASSES = ("dataclasses.dataclass", "pydantic.dataclasses.dataclass")
_DEEPEST = 20


class Member(NamedTuple):
    """A field of a class.

    Attributes:
        name: The field's.
        hint: Its type hint.
        default: Its default as it is written; None for none.
        module: Where it is written.
        required: Whether an object must have it.
    """

    name: str
    hint: str
    default: str | None
    module: Module
    required: bool


def shape_of(modules: Modules, named: Named, depth: int = 0) -> Shape:
    """Tell what a class is; "other" for one that JSON does not stand for."""
    member, module = named.member, named.module
    if member is None or module is None or not member.is_class or depth > _DEEPEST:
        return _BASES.get(named.path, "other")
    found: griffe.Class = member  # type: ignore[assignment]
    for decorator in found.decorators:
        called = str(decorator.value).partition("(")[0]
        if modules.named(module, called).path in _DATACLASSES:
            return "dataclass"
    for base in found.bases:
        kind = shape_of(modules, modules.named(module, str(base).partition("[")[0]), depth + 1)
        if kind != "other":
            return kind
    return "other"


def members_of(modules: Modules, named: Named, depth: int = 0) -> list[Member]:
    """Return the fields of a class, those of its bases first."""
    member, module = named.member, named.module
    if member is None or module is None or not member.is_class or depth > _DEEPEST:
        return []
    found: griffe.Class = member  # type: ignore[assignment]
    fields: dict[str, Member] = {}
    for base in found.bases:
        inner = modules.named(module, str(base).partition("[")[0])
        fields |= {one.name: one for one in members_of(modules, inner, depth + 1)}
    fields |= {one.name: one for one in _own(modules, found, module)}
    return list(fields.values())


def _own(modules: Modules, found: griffe.Class, module: Module) -> Iterator[Member]:
    total = str(found.keywords.get("total", "True")) != "False"
    for name, member in found.members.items():
        if not member.is_attribute or member.is_alias or "property" in member.labels:
            continue
        attribute: griffe.Attribute = member  # type: ignore[assignment]
        if attribute.annotation is None:
            continue
        hint = unquoted(str(attribute.annotation))
        outer = modules.named(module, hint.partition("[")[0]).path.rpartition(".")[2]
        default = None if attribute.value is None else str(attribute.value)
        given = _keywords(default)
        of_class = "instance-attribute" not in member.labels  # a ClassVar; Griffe drops the word
        if of_class or outer == "KW_ONLY" or name == "model_config":
            continue
        if given.get("init") == "False":  # it is worked out, and not given
            continue
        required = total
        if outer == "InitVar":
            hint = hint.partition("[")[2].rpartition("]")[0]
        elif outer in ("Required", "NotRequired", "ReadOnly", "Final"):
            required = total if outer in ("ReadOnly", "Final") else outer == "Required"
            hint = hint.partition("[")[2].rpartition("]")[0]
        alias = given.get("validation_alias") or given.get("alias") or ""
        name = unquoted(alias) if alias[:1] in ("'", '"') else name  # pydantic's, in JSON
        yield Member(name, hint, _default(default), module, required and not _has_default(default))


def _has_default(text: str | None) -> bool:
    if text is None:
        return False
    call = _call(text)
    if call is None or ast.unparse(call.func).rpartition(".")[2].lower() != "field":
        return True
    if call.args:
        return not (isinstance(call.args[0], ast.Constant) and call.args[0].value is ...)
    return any(one.arg in ("default", "default_factory") for one in call.keywords)


def _keywords(text: str | None) -> dict[str | None, str]:
    """Return what a `field(...)` is given by keyword."""
    call = _call(text) if text is not None else None
    if call is None or ast.unparse(call.func).rpartition(".")[2].lower() != "field":
        return {}
    return {one.arg: ast.unparse(one.value) for one in call.keywords}


def _default(text: str | None) -> str | None:
    """Return what a field is by default: of a `field(default=...)`, that."""
    call = _call(text) if text is not None else None
    if call is None or ast.unparse(call.func).rpartition(".")[2].lower() != "field":
        return text
    given = _keywords(text)
    if "default_factory" in given:
        return {"list": "[]", "dict": "{}"}.get(given["default_factory"])
    return given.get("default") or (ast.unparse(call.args[0]) if call.args else None)


def _call(text: str) -> ast.Call | None:
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
    return tree if isinstance(tree, ast.Call) else None


def enum_values(modules: Modules, named: Named) -> list[Any]:
    """Return the values of an enum; None for one that is not written as a literal or auto()."""
    found: list[Any] = []
    assert named.member is not None
    assert named.module is not None
    bases = [modules.named(named.module, str(one)).path for one in _bases(named.member)]
    for name, member in named.member.members.items():
        value = getattr(member, "value", None) if member.is_attribute else None
        if value is None or name.startswith("_"):
            continue
        try:
            found.append(ast.literal_eval(str(value)))
        except (ValueError, SyntaxError):
            auto = str(value).rpartition(".")[2] == "auto()"
            found.append(_automatic(name, bases, found) if auto else None)
    return found


def values_of_call(call: ast.Call, called: str) -> list[Any]:
    """Return the values of `Enum("Size", ["SMALL", "LARGE"])`; none if that is not written out."""
    try:
        given = ast.literal_eval(call.args[1])
    except (ValueError, IndexError):
        return []
    names: list[Any] = given.replace(",", " ").split() if isinstance(given, str) else list(given)
    if isinstance(given, dict):
        return list(given.values())
    if not all(isinstance(name, str) for name in names):
        return [pair[1] for pair in names]
    return [name.lower() if called == "StrEnum" else n for n, name in enumerate(names, 1)]


def _bases(member: griffe.Object) -> list[Any]:
    return getattr(member, "bases", [])


def _automatic(name: str, bases: list[str], before: list[Any]) -> Any:
    """Return the value that auto() gives a member of an enum; None if that is not known."""
    if "enum.StrEnum" in bases:
        return name.lower()
    last = before[-1] if before else 0
    return last + 1 if isinstance(last, int) and "str" not in bases else None


def unquoted(hint: str) -> str:
    """Return a hint that is written as a text, such as "list[str]", without its quotes."""
    try:
        tree = ast.parse(hint, mode="eval").body
    except SyntaxError:
        return hint
    return tree.value if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else hint
