"""`stage7-plugin add`, `remove`, `rename`: all files together, the author's code as it was."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from tests.support.editing import made, run, state
from tests.support.running import own_tests
from tests.support.template import TEMPLATE, isolated_environment

pexpect = pytest.importorskip("pexpect", reason="needs a terminal")

AUTHORS = '''"""Mine."""

from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Shout."""
    größe = inputs["text"]; text = inputs.get('text')  # "text" stays in a comment
    return {"success": True, "outputs": {"result": größe.upper() + f"text{text}"}}
'''


def changed(project: Path, before: dict[str, bytes]) -> set[str]:
    return {name for name, content in state(project).items() if before.get(name) != content}


def assert_same(project: Path, wanted: Path) -> None:
    """The files that name inputs and outputs are what the template would have rendered."""
    for name in ("manifest.json", "README.md", "plugin_logic.py"):
        assert (project / name).read_text("utf-8") == (wanted / name).read_text("utf-8"), name


INPUT = "limit:number(1..10)=5 - Upper bound"


def test_what_is_added_is_named_everywhere_and_can_be_removed(tmp_path: Path) -> None:
    project = made(tmp_path / "a", "text:string")
    before = state(project)
    status, shown = run(project, "add", "input", INPUT, "unit:string(km|mi)", "--dry-run")
    assert status == 0
    assert '+    unit: Literal["km", "mi"] = inputs["unit"]' in shown
    assert "+++ b/README.md" in shown
    assert state(project) == before

    assert run(project, "add", "input", INPUT, "unit:string(km|mi)")[0] == 0
    assert run(project, "add", "output", "total:number - The sum")[0] == 0
    wanted = made(
        tmp_path / "b",
        f"text:string; {INPUT}; unit:string(km|mi)",
        "result:string; total:number - The sum",
    )
    assert_same(project, wanted)
    request = json.loads((project / "examples" / "request.json").read_text("utf-8"))
    assert request["inputs"]["unit"] == "km"
    assert own_tests(project) == ""

    assert run(project, "remove", "input", "limit", "unit")[0] == 0
    assert run(project, "remove", "output", "total")[0] == 0
    assert state(project) == before


def test_a_stub_is_renamed_as_if_it_had_been_rendered(tmp_path: Path) -> None:
    project = made(tmp_path / "a", "text:string - A text; n:number=1", "result:string - It")
    path = project / "examples" / "request.json"
    path.write_text(path.read_text("utf-8").replace("The quick", "My quick"), "utf-8")
    assert run(project, "rename", "input", "text", "page")[0] == 0
    assert run(project, "rename", "output", "result", "answer")[0] == 0
    assert_same(
        project, made(tmp_path / "b", "page:string - A text; n:number=1", "answer:string - It")
    )
    assert json.loads(path.read_text("utf-8"))["inputs"]["page"].startswith("My quick")
    assert own_tests(project) == ""


def test_the_authors_code_is_kept_but_for_the_name(tmp_path: Path) -> None:
    project = made(tmp_path, "text:string")
    logic = project / "plugin_logic.py"
    logic.write_text(AUTHORS, "utf-8")
    assert run(project, "rename", "input", "text", "page")[0] == 0
    expected = AUTHORS.replace('["text"]', '["page"]').replace("('text')", "('page')")
    assert logic.read_text("utf-8") == expected
    assert run(project, "rename", "output", "result", "answer")[0] == 0
    assert logic.read_text("utf-8") == expected.replace('"result"', '"answer"')
    ast.parse(logic.read_text("utf-8"))

    status, told = run(project, "add", "input", "limit:number=5")
    assert status == 0
    assert (
        'to do: plugin_logic.py: the code does not use limit yet: limit: float = inputs["limit"]'
        in told
    )
    assert logic.read_text("utf-8") == expected.replace('"result"', '"answer"')


@pytest.mark.parametrize(
    "line",
    [
        'helper(inputs, "text")',
        'inputs = {"text": 1}',
        'values = inputs; values["text"]',
        'value = inputs.pop("text")',
        '[inputs["text"] for inputs in []]',
        'inputs["te" "xt"]',
    ],
)
def test_where_the_meaning_is_not_certain_nothing_changes(tmp_path: Path, line: str) -> None:
    project = made(tmp_path, "text:string; n:number=1")
    code = AUTHORS.replace('    """Shout."""\n', f'    """Shout."""\n    {line}\n')
    (project / "plugin_logic.py").write_text(code, "utf-8")
    before = state(project)
    for command in (("rename", "input", "text", "page"), ("remove", "input", "text")):
        status, told = run(project, *command)
        assert status == 2
        assert "by hand" in told
        assert f"plugin_logic.py:8: {line}" in told
        assert state(project) == before


def test_a_part_of_the_stub_that_the_author_changed_is_left_alone(tmp_path: Path) -> None:
    project = made(tmp_path, "text:string")
    logic = project / "plugin_logic.py"
    text = logic.read_text("utf-8")
    mine = text.replace('= inputs["text"]\n', '= inputs["text"]\n    words = text.split()\n')
    assert mine != text
    logic.write_text(mine, "utf-8")
    status, told = run(project, "add", "input", "limit:number=5")
    assert status == 0
    assert logic.read_text("utf-8") == mine
    assert "does not use limit yet" in told


def test_permissions_by_name_or_number(tmp_path: Path) -> None:
    project = made(tmp_path, "text:string", kubernetes="yes")
    before = state(project)
    status, told = run(project, "add", "permission", "net.fetch", "1")
    assert status == 0
    assert "kubernetes.yaml: its NetworkPolicy" in told
    assert changed(project, before) == {"manifest.json"}
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    assert manifest["security"]["permissions"] == ["fs.read", "net.fetch"]
    assert run(project, "remove", "permission", "net.fetch", "fs.read")[0] == 0
    assert state(project) == before


def test_a_setting_is_in_the_manifest_and_in_compose(tmp_path: Path) -> None:
    import yaml

    project = made(tmp_path, "text:string")
    before = state(project)
    value = 'https://example.com/?a=$b#"c"'
    assert run(project, "add", "setting", f"API_URL={value}")[0] == 0
    assert changed(project, before) == {"manifest.json", "compose.yaml"}
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    assert manifest["container"]["environment"] == {"PLUGIN_ENV": "production", "API_URL": value}
    compose = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))
    environment = compose["services"]["text-echo"]["environment"]
    assert environment == {"PLUGIN_ENV": "production", "API_URL": value.replace("$", "$$")}
    assert own_tests(project) == ""
    assert run(project, "remove", "setting", "API_URL")[0] == 0
    assert state(project) == before


def test_a_manifest_in_another_format_is_not_touched(tmp_path: Path) -> None:
    project = made(tmp_path, "text:string")
    path = project / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8"))), "utf-8")
    before = state(project)
    for command in (("input", "a:any"), ("permission", "fs.read"), ("setting", "A=1")):
        status, told = run(project, "add", *command)
        assert (status, "by hand, then run: make sync" in told) == (2, True)
    assert state(project) == before


def test_it_asks_until_it_is_right(tmp_path: Path) -> None:
    project = made(tmp_path, "text:string")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "stage7_plugin", "add", "input"],
        cwd=str(project),
        env={
            **isolated_environment(tmp_path / "home"),
            "PYTHONPATH": str(TEMPLATE),
            "TERM": "dumb",
        },
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 80),
    )
    child.expect_exact("Input, such as limit:number(1..10)=5 - Most results: ")
    child.sendline("limit:numbr")
    child.expect_exact("did you mean number?")
    child.expect_exact("Most results: ")
    child.sendline("limit:number=5")
    child.expect_exact("README.md: changed")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize(
    ("language", "ending", "field"),
    [
        ("typescript", ".ts", "  limit: number;"),
        ("go", ".go", '\tLimit float64 `json:"limit"`'),
    ],
)
def test_in_a_typed_language_the_types_say_what_is_left_to_do(
    tmp_path: Path, language: str, ending: str, field: str
) -> None:
    project = made(tmp_path, "text:string", language=language)
    before = state(project)
    status, output = run(project, "add", "input", "limit:number=5")
    assert status == 0
    assert [line for line in output.splitlines() if line.startswith("to do:")] == [
        f"to do: plugin_logic{ending}: make lint shows where it must match plugin_types{ending}"
    ]
    assert field in (project / f"plugin_types{ending}").read_text("utf-8")
    assert f"plugin_logic{ending}" not in changed(project, before)
    assert run(project, "remove", "input", "limit")[0] == 0
    assert state(project) == before
