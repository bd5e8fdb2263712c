"""The plugin_logic.py that calls logic which the template's server cannot call as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from stage7_plugin.wrap.old_logic import Logic

MODULE = "original_logic"
"""The name of the module that holds the old plugin_logic.py, byte for byte."""


def adapter(
    logic: Logic,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    names: Sequence[str],
    module: str = MODULE,
) -> str:
    """Write the module.

    Args:
        logic: What is called.
        inputs: By the name that manifest.json has now, the name that the logic knows; only where
            they differ.
        outputs: The same for outputs, by the name that the logic returns.
        names: Of the outputs, as the logic knows them; a plain value is the first of them.
        module: By which name the logic is imported.
    """
    file = f"{module.replace('.', '/')}.py"
    wait, define = ("await ", "async def") if logic.is_async else ("", "def")
    head = [
        f'"""Call the plugin\'s own code in {file}, which is kept as it was.',
        "",
        "Once that code takes plain inputs and returns what execute_plugin has to, move it here.",
        '"""',
        "",
        "from typing import Any",
        "",
        f"import {module}",
        "",
        f"original: Any = {module}.{logic.name}" + (f"().{logic.method}" if logic.method else ""),
    ]
    body: list[str] = []
    if inputs:
        head += ["# Our name of an input: the name that the code knows.", _table("INPUTS", inputs)]
        body.append("inputs = {INPUTS.get(name, name): value for name, value in inputs.items()}")
    if logic.undeclared:
        listed = ", ".join(map(_text, logic.undeclared))
        head += [
            "# The code reads these, and manifest.json does not declare them.",
            f"UNDECLARED = ({listed}{',' if len(logic.undeclared) == 1 else ''})",
        ]
        body += [
            'host = context["host_inputs"]',
            "inputs |= {name: host[name] for name in UNDECLARED if name in host}",
        ]
    if logic.enveloped:
        named = "INPUTS.get(name, name)" if inputs else "name"
        body += [
            f'args = {{{named}: given for name, given in context["args"].items()}}'
            if inputs
            else 'args = context["args"]',
            'inputs = {name: {"value": value, "args": args.get(name, {})} '
            "for name, value in inputs.items()}",
        ]
        if logic.undeclared:  # they come as the host sends them
            body[-1:] = [
                "inputs = {",
                "    name: value",
                "    if name in UNDECLARED",
                '    else {"value": value, "args": args.get(name, {})}',
                "    for name, value in inputs.items()",
                "}",
            ]
    call = f"{wait}original({logic.arguments})"
    wraps = logic.wrapped or logic.unsure
    returned = wraps or outputs
    body.append(f"result{': Any' if returned else ': dict[str, Any]'} = {call}")
    if wraps:
        head.append(f"OUTPUT_NAMES = {{{', '.join(map(_text, names))}}}")
        body += [
            'if not (isinstance(result, dict) and "success" in result):',
            "    plain = not (isinstance(result, dict) and OUTPUT_NAMES & result.keys())",
            f"    outputs = {{{_text(names[0])}: result}} if plain else result",
            '    result = {"success": True, "outputs": outputs}',
        ]
    if outputs:
        head += ["# What the code calls an output: our name of it.", _table("OUTPUTS", outputs)]
        body += [
            'if isinstance(result, dict) and isinstance(result.get("outputs"), dict):',
            '    outputs = result["outputs"].items()',
            "    named = {OUTPUTS.get(name, name): value for name, value in outputs}",
            '    result = {**result, "outputs": named}',
        ]
    if wraps and outputs:
        body = [line.replace("    outputs = {", "    found = {") for line in body]
        body = [line.replace('"outputs": outputs}', '"outputs": found}') for line in body]
    body.append("return result" if not returned else "answer: dict[str, Any] = result")
    if returned:
        body.append("return answer")
    called = f"{logic.name}.{logic.method}" if logic.method else logic.name
    if logic.starts:
        head += [
            "# The server calls it before the first execution.",
            f"setup: Any = {module}.setup",
        ]
    lines = [
        *head,
        "",
        "",
        f"{define} execute_plugin(inputs: dict[str, Any], context: dict[str, Any])"
        " -> dict[str, Any]:",
        f'    """Call {called} as the old server did."""',
        *(f"    {line}" for line in body),
    ]
    return "\n".join(lines) + "\n"


def _table(name: str, values: Mapping[str, str]) -> str:
    lines = [f"    {_text(key)}: {_text(value)}," for key, value in values.items()]
    return "\n".join([f"{name} = {{", *lines, "}"])


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
