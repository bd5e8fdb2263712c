"""Read a Python function as a plugin, without importing it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from stage7_plugin.rendering import escaping
from stage7_plugin.spec.parameters import Prompt, parse_parameters
from stage7_plugin.spec.problems import printable
from stage7_plugin.spec.sample_inputs import sample_value
from stage7_plugin.wrap.model import CannotWrap, Note, Wrapping, digest_of
from stage7_plugin.wrap.python import docs as docstrings
from stage7_plugin.wrap.python import place, reach, value_conversion
from stage7_plugin.wrap.python.hints import Hints
from stage7_plugin.wrap.python.imported import as_imported
from stage7_plugin.wrap.python.logic import CONVERSION, FOLDER, logic
from stage7_plugin.wrap.python.modules import Modules
from stage7_plugin.wrap.python.parameters import Given, Parameters
from stage7_plugin.wrap.python.requirements import requirements
from stage7_plugin.wrap.python.result import result_of
from stage7_plugin.wrap.python.starting import look_at_start
from stage7_plugin.wrap.python.target import Target, find_target, is_conditional

PROMPTS: tuple[Prompt, ...] = ("inputs", "outputs")
_REQUIREMENTS = """\
# What plugin_logic.py needs, one package per line, such as: requests>=2.32
# After a change, `make lock` writes the exact versions with their hashes to requirements.txt.
"""


def recognises(source: str) -> bool:
    """Tell whether a source is Python code."""
    return place.is_python(source)


def read(source: str, execute: bool = False) -> Wrapping:
    """Read a function.

    Args:
        source: FILE.py:NAME or FOLDER:MODULE.NAME.
        execute: Whether it may be imported to look at it.

    Raises:
        CannotWrap: There is no such function, or it cannot be called with inputs by name.
    """
    where = place.find(source)
    modules = Modules(where.root)
    hints = Hints(modules)
    target = find_target(modules, where)
    if execute:
        target = as_imported(modules, where, target)
    docs = docstrings.read(target.function)
    parameters = Parameters(modules, hints, target, docs)
    inputs = parameters.inputs()
    _refuse_unknown_hints(modules, target, inputs)
    taken = {given.name for given in inputs}
    result, notes = result_of(modules, hints, target, docs, taken)
    start = modules.module(where.module)
    assert start is not None
    reached = reach.reach(modules, [start, target.module])
    copied = reach.contents(modules, reached)
    needs = requirements(reached, where.root)
    files = {f"{FOLDER}/{path}": content for path, content in copied.items()}
    text = logic(where.module, modules.shown(target.module), target, inputs, result)
    files["plugin_logic.py"] = text.encode()
    if "value_conversion" in text:
        files[CONVERSION] = Path(value_conversion.__file__).read_bytes()
    files["examples/request.json"] = _request(inputs)
    files["requirements.in"] = (_REQUIREMENTS + "".join(f"{x}\n" for x in needs.lines)).encode()
    answers = {
        "plugin_name": _title(target.function.name),
        "inputs": json.dumps([one.definition for one in inputs], ensure_ascii=False),
        "outputs": json.dumps(result.outputs, ensure_ascii=False),
    }
    _refuse_parameters(modules, target, answers)
    if summary := docstrings.summary_of(docs):
        answers["description"] = summary
    return Wrapping(
        kind="function",
        source=source,
        answers=answers,
        files=files,
        notes=[
            *_taken(modules, target, list(copied)),
            *parameters.notes,
            *notes,
            *reached.notes,
            *look_at_start(modules, reached),
            *needs.notes,
        ],
        sources={path: digest_of(content) for path, content in copied.items()},
    )


def _refuse_parameters(modules: Modules, target: Target, answers: dict[str, str]) -> None:
    """Refuse inputs and outputs that no plugin can have, such as names that are too long."""
    for prompt in PROMPTS:
        _, problems = parse_parameters(prompt, answers[prompt])
        for problem in problems:
            shown, line = modules.shown(target.module), target.function.lineno
            found = f"{prompt} of {target.call}(): {printable(str(problem.value))[:80]}"
            raise CannotWrap(shown, line, found, problem.rule, "def f(text: str, most: int = 80)")


def _refuse_unknown_hints(modules: Modules, target: Target, inputs: list[Given]) -> None:
    """Refuse type hints that are needed for conversions, and unknown when the code runs."""
    missing = modules.only_for_checkers(target.module)
    converted = {given.name for given in inputs if not given.plain}
    for parameter in target.parameters if converted else ():
        named = set(re.findall(r"\w+", str(parameter.annotation or ""))) & missing
        if named:
            raise CannotWrap(
                modules.shown(target.module),
                target.function.lineno,
                f"{min(named)} is imported only for type checkers, but values have to be converted"
                f" for {', '.join(sorted(converted))}",
                "an import that also runs",
                f"from ... import {min(named)}",
            )


def _request(inputs: list[Given]) -> bytes:
    """Return an example without what the function has a default for: that fits it best."""
    definitions = [
        one.definition
        for one in inputs
        if one.definition.get("required", True) or "example" in one.definition
    ]
    given = {one["name"]: sample_value(one) for one in definitions}
    document = {"inputs": given, "context": {"trace_id": "example-1"}}
    return (escaping.json(document, indent=2) + "\n").encode()


def _title(name: str) -> str:
    words = name.strip("_").replace("_", " ")
    return words[:1].upper() + words[1:]


def _taken(modules: Modules, target: Target, copied: list[str]) -> list[Note]:
    shown, line = modules.shown(target.module), target.function.lineno
    more = f", and {len(copied) - 1} more" if len(copied) > 1 else ""
    notes = [Note(shown, line, f"{target.call}(): copied to {FOLDER}/{shown}{more}", "taken")]
    notes += [
        Note(shown, line, f"@{one} is assumed not to change its parameters", "changed")
        for one in target.decorators
    ]
    if is_conditional(target):
        text = "it is defined more than once; this definition is used"
        notes.append(Note(shown, line, text, "changed"))
    for name in copied:
        module = modules.module(name.removesuffix(".py").replace("/", "."))
        if module is not None and b"__file__" in module.content and "/" not in name:
            number = module.content[: module.content.index(b"__file__")].count(b"\n") + 1
            text = "it looks for files next to it: copy those it needs to wrapped/"
            notes.append(Note(name, number, text, "changed"))
    return notes
