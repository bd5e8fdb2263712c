"""The parameters of a function as the inputs of a plugin."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from stage7_plugin.spec.constraints import faults
from stage7_plugin.spec.value_types import has_type
from stage7_plugin.wrap.model import CannotWrap, Note
from stage7_plugin.wrap.python import docs as docstrings
from stage7_plugin.wrap.python.docs import Docs
from stage7_plugin.wrap.python.hints import Hints
from stage7_plugin.wrap.python.meanings import Meaning
from stage7_plugin.wrap.python.modules import Module, Modules
from stage7_plugin.wrap.python.target import Target

if TYPE_CHECKING:
    import griffe

_NONE = object()
_EXPECTED = "a type that JSON can represent: str, int, list[str], a dataclass, ..."

Way = Literal["by position", "by name", "as several"]
Presence = Literal["always", "or None", "if given"]


class Given(NamedTuple):
    """One input, and how the function gets it.

    Attributes:
        definition: As in manifest.json.
        way: How it is passed.
        presence: Whether it is in the inputs: always; else None is passed, or nothing.
        plain: Whether the value is passed as it is.
    """

    definition: dict[str, Any]
    way: Way
    presence: Presence
    plain: bool

    @property
    def name(self) -> str:
        """The input's and the parameter's."""
        return str(self.definition["name"])


class Parameters:
    """Reads the parameters of one function."""

    def __init__(self, modules: Modules, hints: Hints, target: Target, docs: Docs) -> None:
        self._modules, self._hints, self._target, self._docs = modules, hints, target, docs
        self.notes: list[Note] = []

    def inputs(self) -> list[Given]:
        """Return the inputs.

        Raises:
            CannotWrap: A parameter that must be given cannot come from JSON.
        """
        listed = list(self._target.parameters)
        several = any(_kind(one) == "variadic positional" for one in listed)
        found: list[Given] = []
        closed = False  # a parameter by position was left out, so no later one can be given
        for parameter in listed:
            kind = _kind(parameter)
            by_position = kind == "positional-only" or (several and kind == "positional or keyword")
            if by_position and closed:
                self._drop(f"{parameter.name} comes after one that cannot be passed")
                continue
            for given in self._given(parameter, kind, by_position):
                found.append(given)
            if by_position and parameter.name not in {one.name for one in found}:
                closed = True
        if not found:
            raise self._cannot(
                f"{self._target.call}() takes no input, but a plugin needs at least one",
                "a parameter, which may have a default",
            )
        return self._with_examples(found, listed)

    def _given(self, parameter: griffe.Parameter, kind: str, by_position: bool) -> Iterator[Given]:
        name, module = parameter.name, self._target.module
        if kind == "variadic keyword":
            yield from self._keywords(parameter)
            return
        meaning = self._meaning(parameter)
        if meaning.fault:
            if parameter.required and kind != "variadic positional":
                raise self._cannot(f"{name} is {meaning.fault}")
            self._drop(f"{name} is {meaning.fault}, which JSON cannot represent; it is left out")
            return
        if kind == "variadic positional":
            definition: dict[str, Any] = {"type": "array", "items": meaning.definition}
            if meaning.definition["type"] == "any":
                del definition["items"]
            one = meaning.example(name)
            definition |= {"required": False, "example": [one, one]}
            yield Given(self._definition(name, definition, meaning), "as several", "if given",
                        meaning.plain)  # fmt: skip
            return
        default = self._default(parameter, module)
        if by_position and default is _NONE and not parameter.required:
            self._drop(f"the default of {name} is not a JSON value, and it is passed by position")
            return
        definition = dict(meaning.definition)
        presence: Presence = "always"
        if default is None or (parameter.required and meaning.optional):
            definition["required"], presence = False, "or None"
        elif not parameter.required:
            if default is not _NONE and self._fits(name, default, definition):
                definition["defaultValue"] = default
            else:
                definition["required"], presence = False, "if given"
        way: Way = "by position" if by_position else "by name"
        yield Given(self._definition(name, definition, meaning), way, presence, meaning.plain)

    def _keywords(self, parameter: griffe.Parameter) -> Iterator[Given]:
        hint = str(parameter.annotation or "")
        named = hint.partition("[")[0].rpartition(".")[2]
        inner = hint.partition("[")[2].rpartition("]")[0]
        meaning = self._hints.meaning(inner, self._target.module) if named == "Unpack" else None
        if meaning is None or not meaning.members:
            self._drop(f"**{parameter.name} takes any name, and inputs have names of their own")
            return
        for one in meaning.members:
            of_one = self._hints.meaning(one.hint, one.module)
            definition = dict(of_one.definition)
            if not one.required:
                definition["required"] = False
            presence: Presence = "always" if one.required else "if given"
            yield Given(self._definition(one.name, definition, of_one), "by name", presence,
                        of_one.plain)  # fmt: skip

    def _meaning(self, parameter: griffe.Parameter) -> Meaning:
        """Return what its hint means; else what its docstring says, else what its default is."""
        said = self._docs.parameters.get(parameter.name)
        if parameter.annotation is not None:
            return self._hints.meaning(str(parameter.annotation), self._target.module)
        if said is not None and said.hint:
            found = self._hints.meaning(said.hint, self._target.module)
            if found.definition["type"] != "any" and not found.fault:
                return found
        default = self._default(parameter, self._target.module)
        for kind in ("boolean", "number", "string", "array", "object"):
            if default not in (_NONE, None) and has_type(default, kind):
                return Meaning({"type": kind})
        return Meaning()

    def _default(self, parameter: griffe.Parameter, module: Module) -> Any:
        """Return its default as a JSON value; _NONE if it has none, or no such one."""
        if parameter.default is None or _kind(parameter).startswith("variadic"):
            return _NONE
        return self._literal(str(parameter.default), module)

    def _literal(self, text: str, module: Module, depth: int = 0) -> Any:
        try:
            return _json_value(ast.literal_eval(text))
        except (ValueError, SyntaxError, TypeError):
            pass
        made = _made_from(text)
        if made is not None:
            return self._literal(made, module, depth + 1)
        # The name of a constant, or a member of an enum.
        named = self._modules.named(module, text)
        value = getattr(named.member, "value", None) if named.member is not None else None
        if value is None or named.module is None or depth > 5:
            return _NONE
        return self._literal(str(value), named.module, depth + 1)

    def _fits(self, name: str, default: Any, definition: dict[str, Any]) -> bool:
        if has_type(default, definition["type"]) and not faults(default, definition):
            return True
        self.notes.append(
            self._note(f"the default of {name} is not of its type; it stays in the code", "changed")
        )
        return False

    def _definition(
        self, name: str, definition: dict[str, Any], meaning: Meaning
    ) -> dict[str, Any]:
        found = {"name": name, **definition}
        words = self._docs.parameters[name].words if name in self._docs.parameters else ""
        if words and meaning.words.startswith("with "):
            words = f"{words}, {meaning.words}"
        words = words or meaning.words
        if words:
            found["description"] = docstrings.one_line(words[0].upper() + words[1:])
        wanted = found.get("required", True) and "defaultValue" not in found
        if meaning.sample is not None and wanted:
            found["example"] = meaning.sample
        if "pattern" in found and not {"defaultValue", "example"} & found.keys():
            del found["pattern"]
            self.notes.append(self._note(f"{name} has a pattern and no example", "dropped"))
        return found

    def _with_examples(self, inputs: list[Given], listed: list[griffe.Parameter]) -> list[Given]:
        """Take the arguments of the docstring's first call as examples, where they are allowed."""
        arguments, keywords = self._docs.examples
        names = [
            one.name for one in listed if _kind(one) in ("positional-only", "positional or keyword")
        ]
        known: dict[str, Any] = {**dict(zip(names, arguments, strict=False)), **keywords}
        if len(arguments) > len(names):
            known |= {
                one.name: list(arguments[len(names) :]) for one in inputs if one.way == "as several"
            }
        for given in inputs:
            if given.name not in known:
                continue
            try:
                value = _json_value(known[given.name])
            except TypeError:
                continue
            kind = given.definition["type"]
            if value is not None and has_type(value, kind) and not faults(value, given.definition):
                given.definition["example"] = value
        return inputs

    def _cannot(self, found: str, expected: str = _EXPECTED) -> CannotWrap:
        shown, function = self._modules.shown(self._target.module), self._target.function
        given = "rows: list[dict[str, float]]" if expected == _EXPECTED else "limit: int = 10"
        example = f"def {function.name}({given}) -> ..."
        return CannotWrap(shown, function.lineno, found, expected, example)

    def _drop(self, text: str) -> None:
        self.notes.append(self._note(text, "dropped"))

    def _note(self, text: str, kind: Literal["changed", "dropped"]) -> Note:
        shown = self._modules.shown(self._target.module)
        return Note(shown, self._target.function.lineno, text, kind)


def _kind(parameter: griffe.Parameter) -> str:
    return parameter.kind.value if parameter.kind is not None else ""


def _made_from(text: str) -> str | None:
    """Return the literal in `Path("a")` or `Decimal("1.5")`; None for other calls."""
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.Call) or tree.keywords:
        return None
    name = ast.unparse(tree.func).rpartition(".")[2]
    if not tree.args:
        return {"list": "[]", "tuple": "[]", "set": "[]", "frozenset": "[]", "dict": "{}"}.get(name)
    if len(tree.args) > 1 or not isinstance(tree.args[0], ast.Constant):
        return None
    value = tree.args[0].value
    if name in ("Decimal", "Fraction", "int", "float"):
        return str(value) if "/" not in str(value) else None
    return repr(value) if isinstance(value, str) and name[:1].isupper() else None


def _json_value(value: Any) -> Any:
    """Return a literal as JSON has it. Raises TypeError and ValueError if it has none."""
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode("ascii")
    return json.loads(json.dumps(value, allow_nan=False))
