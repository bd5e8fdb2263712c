"""Read a Python function as a plugin, without importing it."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.spec import derived
from stage7_plugin.wrap.model import CannotWrap, Note, Wrapping, digest_of
from stage7_plugin.wrap.python import hints, place
from stage7_plugin.wrap.python.logic import FOLDER, logic
from stage7_plugin.wrap.python.place import Place

if TYPE_CHECKING:
    import griffe

_INSTALL = "python -m pip install 'stage7-plugin[wrap]'"


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
    content = _content(where.file)
    function = _function(where, content)
    inputs = [_input(one) for one in function.parameters]
    names = [one.name for one in function.parameters if one.kind is not None]
    outputs = [{**hints.definition_of(_text(function.returns)), "name": "result"}]
    path = f"{FOLDER}/{where.shown()}"
    return Wrapping(
        kind="function",
        source=source,
        answers={
            "plugin_name": function.name.replace("_", " ").title(),
            "description": _description(function),
            "inputs": json.dumps(inputs, ensure_ascii=False),
            "outputs": json.dumps(outputs, ensure_ascii=False),
        },
        files={
            path: content,
            "plugin_logic.py": logic(where.module, function.name, (), names, "result").encode(),
        },
        notes=[Note(where.shown(), function.lineno, f"copied to {path}", "taken")],
        sources={where.shown(): digest_of(content)},
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        expected = "a file that can be read"
        raise CannotWrap(str(file), None, f"{error.strerror}", expected) from error


def _function(where: Place, content: bytes) -> griffe.Function:
    try:
        import griffe
    except ImportError as error:
        raise CannotWrap(
            where.shown(), None, "reading Python needs the package griffelib", _INSTALL
        ) from error
    try:
        module = griffe.visit(where.module, filepath=where.file, code=content.decode("utf-8-sig"))
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise CannotWrap(where.shown(), line, str(error), "Python that can be read") from error
    found = module.members.get(where.name)
    if not isinstance(found, griffe.Function):
        known = [name for name, one in module.members.items() if isinstance(one, griffe.Function)]
        raise CannotWrap(
            where.shown(),
            None,
            f"it has no function {where.name or '(none was named)'}",
            f"one of {', '.join(known) or 'its functions, but it has none'}",
            f"{where.file.name}:{known[0]}" if known else "",
        )
    return found


def _input(parameter: griffe.Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"name": parameter.name}
    found |= hints.definition_of(_text(parameter.annotation))
    if parameter.default is None:
        return found
    try:
        default = ast.literal_eval(str(parameter.default))
    except ValueError:
        default = None
    if found["type"] == "any":
        found["type"] = hints.type_of_value(default)
    if default is None:
        return {**found, "required": False}
    return {**found, "defaultValue": default}


def _text(annotation: Any) -> str | None:
    return str(annotation) if annotation is not None else None


def _description(function: griffe.Function) -> str:
    text = function.docstring.value.strip() if function.docstring else ""
    line = " ".join(text.partition("\n\n")[0].split())[: derived.LONGEST_DESCRIPTION]
    return line.strip().rstrip(".") or f"Calls the function {function.name} with the inputs"
