"""Constraints of inputs and outputs, checked by the running server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers import Start

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "cases" / "constraints.json").read_text("utf-8")
)
DO = [
    {"name": "do", "type": "string", "required": True},
    {"name": "seconds", "type": "number", "required": False, "defaultValue": 0},
]
NAMED = [
    {"name": f"case_{number}", "required": False, **case["definition"]}
    for number, case in enumerate(TABLE["cases"])
]


def test_the_table_of_constraints(start: Start) -> None:
    plugin = start(manifest={"inputDefinitions": [*DO, *NAMED]}, PLUGIN_STRICT_INPUTS="1")
    wrong = []
    for definition, case in zip(NAMED, TABLE["cases"], strict=True):
        name = definition["name"]
        for value in case["valid"]:
            status, answer = plugin.execute({"do": "return inputs", name: value})
            if status != 200 or answer["outputs"]["result"][name] != value:
                wrong.append(f"{definition} {value!r}: {status} {answer}")
        for message, values in case["invalid"].items():
            for value in values:
                status, answer = plugin.execute({"do": "return inputs", name: value})
                said = "\n".join(answer["errors"])
                if status != 422 or f"Input '{name}' {message}" not in said:
                    wrong.append(f"{definition} {value!r}: {status} {answer}")
    assert wrong == []


def test_the_table_of_items(start: Start) -> None:
    named = [
        {"name": f"case_{number}", "required": False, **case["definition"]}
        for number, case in enumerate(TABLE["items"])
    ]
    plugin = start(manifest={"inputDefinitions": [*DO, *named]})
    for definition, case in zip(named, TABLE["items"], strict=True):
        name = definition["name"]
        status, answer = plugin.execute({"do": "return inputs", name: case["sent"]})
        if "given" in case:
            assert (status, answer["outputs"]["result"][name]) == (200, case["given"])
        else:
            assert status == 422, case


def test_all_problems_come_in_one_answer(start: Start) -> None:
    definitions = [
        *DO,
        {"name": "unit", "type": "string", "required": False, "enum": ["km", "mi"]},
        {"name": "count", "type": "number", "required": False, "minimum": 1, "maximum": 100},
        {"name": "title", "type": "string", "required": False, "minLength": 3, "pattern": "^[a-z]"},
        {"name": "flag", "type": "boolean", "required": True},
    ]
    secret = "Q canary-0123456789"
    plugin = start(manifest={"inputDefinitions": definitions})
    status, answer = plugin.execute({"do": "x", "unit": secret, "count": "101", "title": "Q"})
    assert status == 422
    assert answer["errors"] == [
        "Input 'unit' must be one of km, mi.",
        "Input 'count' must be at most 100.",
        "Input 'title' must have at least 3 characters.",
        "Input 'title' must match the pattern ^[a-z].",
        "Input 'flag' (boolean) is required and was not given.",
    ]
    assert secret not in plugin.log


def test_an_output_is_checked_too(start: Start) -> None:
    outputs = [{"name": "result", "type": "any", "required": True},
               {"name": "count", "type": "number", "required": False, "maximum": 5}]  # fmt: skip
    plugin = start(manifest={"outputDefinitions": outputs})
    result = {"success": True, "outputs": {"result": 1, "count": 6}}
    status, answer = plugin.execute({"do": "return raw", "value": result})
    assert (status, answer["errors"]) == (500, ["Output 'count' must be at most 5."])
    result["outputs"] = {"result": 1, "count": 5}
    status, answer = plugin.execute({"do": "return raw", "value": result})
    assert (status, answer["outputs"]["count"]) == (200, 5)


@pytest.mark.parametrize("arguments", [(), ("--compile",)])
def test_a_pattern_that_is_none_ends_the_start_with_a_sentence(
    start: Start, arguments: tuple[str, ...]
) -> None:
    broken = {"name": "code", "type": "string", "required": False, "pattern": "("}
    plugin = start(manifest={"inputDefinitions": [*DO, broken]}, arguments=arguments)
    assert plugin.process.wait(20) == (1 if arguments else 2)
    assert "the pattern of code in inputDefinitions is not a regular expression" in plugin.log
    assert "Traceback" not in plugin.log


@pytest.mark.parametrize("constraint", [{}, {"maximum": 5}])
def test_only_a_plugin_with_constraints_imports_their_check(
    start: Start, constraint: dict[str, Any]
) -> None:
    definition = {"name": "count", "type": "number", "required": False, **constraint}
    plugin = start(manifest={"inputDefinitions": [*DO, definition]})
    assert plugin.port
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from plugin_runtime import inputs, service\n"
        "inputs.prepare(service.read_manifest())\n"
        "print(*(f'plugin_runtime.{n}' in sys.modules for n in ('constraints', 'json_schema')))"
    )
    command = [sys.executable, "-c", code]
    folder = plugin.log_file.parent
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(bool(constraint)), "False"]
