"""The plugin_logic.py that calls a wrapped function."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Sequence

from stage7_plugin.rendering.escaping import docstring, json_string
from stage7_plugin.spec.text_rules import columns
from stage7_plugin.wrap.python.parameters import Given
from stage7_plugin.wrap.python.result import Result
from stage7_plugin.wrap.python.target import Target

FOLDER = "wrapped"
"""Where the source's files are in the plugin; its lint leaves them alone."""
CONVERSION = "value_conversion.py"

_WIDTH = 100
_TAKEN = frozenset(
    ["Any", "HINTS", "Path", "context", "execute_plugin", "get_type_hints", "given", "inputs"]
) | frozenset(["result", "sys", "to_json", "to_python", *dir(builtins)])

_TEXT = '''\
"""Call a function of {folder}/{file}.

{origin}
"""

import sys
from pathlib import Path
from typing import {typing}

{conversion}sys.path.insert(0, str(Path(__file__).resolve().parent / "{folder}"))

{imported}
{hints}

{asynchronous}def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """{summary}"""
{body}
'''
_ORIGIN = (
    "`stage7-plugin wrap` wrote this file, and it is yours. What it calls is there as it is in the "
    "source; `stage7-plugin wrap --again` brings newer versions of it."
)


def logic(module: str, file: str, target: Target, inputs: Sequence[Given], result: Result) -> str:
    """Return the text of plugin_logic.py, as ruff formats it.

    Args:
        module: From which module the function is imported.
        file: Its file, for people.
        target: The function.
        inputs: What it is given.
        result: What becomes of what it returns.
    """
    name = target.imported
    local = f"wrapped_{name}" if name in _TAKEN else name
    call = local + target.call.removeprefix(name)
    converts = any(not given.plain for given in inputs)
    names = ["to_json"] * (not result.plain) + ["to_python"] * converts
    imported = f"from {module} import {name}" + (f" as {local}" if local != name else "")
    comment = "  # type: ignore[import-not-found]"
    if columns(imported + comment) > _WIDTH:
        imported = f"from {module} import (\n    {name}" + (f" as {local}" if local != name else "")
        imported = imported.replace("import (", f"import ({comment}") + ",\n)"
    else:
        imported += comment
    hinted = call.replace("()", "")
    return _TEXT.format(
        folder=FOLDER,
        file=file,
        origin=docstring(_ORIGIN, indent=0),
        typing="Any, get_type_hints" if converts else "Any",
        conversion=f"from value_conversion import {', '.join(names)}\n\n" if names else "",
        imported=imported,
        hints=f"\nHINTS = get_type_hints({hinted})\n" if converts else "",
        asynchronous="async " if target.asynchronous else "",
        summary=docstring(_summary(call), indent=4),
        body="\n".join([*_call(call, target, inputs, result), *_answer(result)]),
    )


def _summary(call: str) -> str:
    named = f"Call {call}() with the inputs."
    return named if columns(named) <= _WIDTH - 10 else "Call it with the inputs."


def _call(call: str, target: Target, inputs: Sequence[Given], result: Result) -> Iterator[str]:
    """Yield the lines of the call."""
    arguments = list(_arguments(inputs))
    opening, closing = "", ""
    if target.asynchronous and target.generator:
        opening, closing = "[one async for one in ", "]"
    elif target.asynchronous:
        opening = "await "
    elif result.stream and result.plain:
        opening, closing = "list(", ")"
    if not result.plain:
        opening, closing = f"to_json({opening}", f"{closing})"
    start = f"    {opening}" if result.nothing else f"    result = {opening}"
    if not arguments:
        yield f"{start}{call}(){closing}"
    elif not closing:
        yield f"{start}{call}("
        yield from (f"        {line}" for line in arguments)
        yield "    )"
    elif opening == "to_json(":
        # One call around another: ruff puts each on lines of its own.
        yield f"{start}"
        yield f"        {call}("
        yield from (f"            {line}" for line in arguments)
        yield "        )"
        yield f"    {closing}"
    else:
        yield f"    given = {call}("
        yield from (f"        {line}" for line in arguments)
        yield "    )"
        yield f"{start}given{closing}"


def _arguments(inputs: Sequence[Given]) -> Iterator[str]:
    for given in inputs:
        if given.presence == "if given" and given.way == "by name":
            continue
        name = json_string(given.name)
        value = f"inputs[{name}]" if given.presence == "always" else f"inputs.get({name})"
        if given.way == "as several":
            value = f"inputs.get({name}, [])"
            if not given.plain:
                value = f"(to_python(one, HINTS[{name}]) for one in {value})"
            yield f"*{value},"
            continue
        value = value if given.plain else f"to_python({value}, HINTS[{name}])"
        yield f"{value}," if given.way == "by position" else f"{given.name}={value},"
    for plain in (True, False):
        names = [
            json_string(one.name)
            for one in inputs
            if one.presence == "if given" and one.way == "by name" and one.plain is plain
        ]
        if names:
            value = "inputs[key]" if plain else "to_python(inputs[key], HINTS[key])"
            listed = f"[{', '.join(names)}]"
            yield f"**{{key: {value} for key in {listed} if key in inputs}},"


def _answer(result: Result) -> Iterator[str]:
    """Yield the lines that return the outputs."""
    pairs = []
    for output, key in zip(result.outputs, result.keys, strict=True):
        value = "result"
        if result.nothing:
            value = "True"
        elif isinstance(key, str):
            required = output.get("required", True)
            value = f"result[{json_string(key)}]" if required else f"result.get({json_string(key)})"
        elif isinstance(key, int):
            value = f"result[{key}]"
        pairs.append(f"{json_string(output['name'])}: {value}")
    line = f'    return {{"success": True, "outputs": {{{", ".join(pairs)}}}}}'
    if columns(line) <= _WIDTH:
        yield line
        return
    yield '    return {\n        "success": True,\n        "outputs": {'
    yield from (f"            {pair}," for pair in pairs)
    yield "        },\n    }"
