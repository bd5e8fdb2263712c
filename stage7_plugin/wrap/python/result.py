"""What a function returns as the outputs of a plugin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from stage7_plugin.host_facts import TAKEN_OUTPUTS
from stage7_plugin.wrap.model import Note
from stage7_plugin.wrap.python import docs as docstrings
from stage7_plugin.wrap.python.docs import Described, Docs
from stage7_plugin.wrap.python.hints import Hints
from stage7_plugin.wrap.python.meanings import SIMPLE, Meaning
from stage7_plugin.wrap.python.modules import Modules
from stage7_plugin.wrap.python.target import Target

_NOTHING = ("None", "NoReturn", "Never")


@dataclass(frozen=True)
class Result:
    """What becomes of the result of a call.

    Attributes:
        outputs: Definitions, as in manifest.json.
        keys: Where each output comes from: a key of the result, an index, or None for all of it.
        plain: Whether the result is JSON as it is.
        stream: Whether it has to be made a list of.
        nothing: Whether there is none.
    """

    outputs: list[dict[str, Any]]
    keys: list[str | int | None]
    plain: bool
    stream: bool
    nothing: bool = False


def result_of(
    modules: Modules, hints: Hints, target: Target, docs: Docs, inputs: Collection[str]
) -> tuple[Result, list[Note]]:
    """Return the outputs of a function, and what is to say about them.

    Args:
        modules: Of the source.
        hints: That reads hints.
        target: The function.
        docs: Its docstring.
        inputs: The names that are taken: no name may be on both sides.
    """
    text = str(target.function.returns) if target.function.returns is not None else None
    described = [_as_hint(one) for one in docs.returns]
    if text is None and len(described) == 1 and described[0].hint:
        text = described[0].hint
    shown, line = modules.shown(target.module), target.function.lineno
    if text is not None and text.rpartition(".")[2].strip("'\"") in _NOTHING:
        note = Note(
            shown, line, "it returns nothing, so the output done says that it ran", "changed"
        )
        name = _free("done", inputs)
        output = {"name": name, "type": "boolean", "description": "Whether it ran to its end"}
        return Result([output], [None], True, False, nothing=True), [note]
    meaning = hints.meaning(text, target.module)
    notes = []
    if meaning.fault:
        said = f"it returns {meaning.fault}: the output is what JSON can represent of it"
        notes.append(Note(shown, line, said, "changed"))
        meaning = replace(meaning, definition={"type": "any"}, plain=False)
    stream = target.generator or meaning.stream
    found = _several(meaning, described, hints, target) or [
        (_name(described), None, meaning, described[0].words if described else "")
    ]
    outputs: list[dict[str, Any]] = []
    keys: list[str | int | None] = []
    for wanted, key, one, words in found:
        name = _free(wanted, {*inputs, *(output["name"] for output in outputs)})
        if name != wanted:
            reason = "an input has that name" if wanted in inputs else "the host uses that name"
            notes.append(
                Note(shown, line, f"the output {wanted} is called {name}: {reason}", "changed")
            )
        outputs.append(_output(name, one, words))
        keys.append(key)
    plain = meaning.plain and all(_is_json(one.definition) for _, _, one, _ in found)
    return Result(outputs, keys, plain and not target.generator, stream), notes


def _several(
    meaning: Meaning, described: list[Described], hints: Hints, target: Target
) -> list[tuple[str, str | int | None, Meaning, str]]:
    """Return the parts of a result that are outputs of their own; nothing where it is one."""
    if meaning.members and not meaning.stream:
        owner = {one.module.name: one.module for one in meaning.members}
        words: dict[str, str] = {}
        for module in owner.values():
            for member in module.objects.members.values():
                if not member.is_alias and member.is_class and member.docstring:
                    names = {one.name for one in meaning.members}
                    if names & member.members.keys():
                        words |= docstrings.class_docs(member.docstring.value, names)
        words |= {one.name: one.words for one in described if one.words and one.name}
        return [
            (
                one.name,
                one.name,
                replace(
                    (of_one := hints.meaning(one.hint, one.module)),
                    optional=of_one.optional or not one.required,
                ),
                words.get(one.name, ""),
            )
            for one in meaning.members
        ]
    named = [one for one in described if one.name.isidentifier()]
    if len(meaning.parts) > 1 and len(named) == len(described) == len(meaning.parts):
        return [
            (one.name, index, part, one.words)
            for index, (one, part) in enumerate(zip(named, meaning.parts, strict=True))
        ]
    if target.function.returns is None and len(named) == len(described) > 1:
        return [  # NumPy's way of a tuple
            (one.name, index, hints.meaning(one.hint, target.module), one.words)
            for index, one in enumerate(named)
        ]
    return []


def _is_json(definition: dict[str, Any]) -> bool:
    """Tell whether values of a definition are JSON for sure; an object may hold anything."""
    items = definition.get("items")
    listed = definition["type"] == "array" and items is not None and _is_json(items)
    return listed or definition["type"] in ("string", "number", "boolean")


def _as_hint(one: Described) -> Described:
    """Return `str: The text` as a type, which Google's style reads as a name."""
    is_type = one.name in SIMPLE or one.name in ("tuple", "set", "None") or "[" in one.name
    if is_type or (one.name and one.name[:1].isupper()):
        return Described("", one.name, one.words)
    return one


def _name(described: list[Described]) -> str:
    name = described[0].name if len(described) == 1 else ""
    return name if name.isidentifier() else "result"


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name that no input and no other output has."""
    plain = {one.replace("_", "").lower() for one in taken}
    for candidate in (name, f"{name}_result", f"{name}_output", f"new_{name}"):
        if candidate not in TAKEN_OUTPUTS and candidate.replace("_", "").lower() not in plain:
            return candidate
    return f"{name}_of_function"


def _output(name: str, meaning: Meaning, words: str) -> dict[str, Any]:
    definition = {key: value for key, value in meaning.definition.items() if key != "pattern"}
    found: dict[str, Any] = {"name": name, **definition}
    if meaning.optional:
        found["required"] = False
    about = meaning.words[:1].upper() + meaning.words[1:]
    if words or about:
        found["description"] = docstrings.one_line(words or about)
    return found
