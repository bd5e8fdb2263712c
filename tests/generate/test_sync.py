"""`stage7-plugin sync`: after an input was added, everything that names it is brought in line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.spec import derived
from tests.support.template import TEMPLATE, isolated_environment, render

COUNT = {"name": "count", "type": "number", "required": False, "description": "How | often"}


def sync(folder: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["sync", *options, str(folder)])
    return done.exit_code, done.output


def change(project: Path, **changes: Any) -> None:
    path = project / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**manifest, **changes}, indent=2) + "\n", "utf-8")


def state(project: Path) -> dict[str, bytes]:
    files = (path for path in project.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {str(path): path.read_bytes() for path in files}


def own_tests(project: Path) -> str:
    """What the plugin's own test says about its files."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_manifest.py"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    return "" if done.returncode == 0 else done.stdout


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ("text:string - Text to process", "result:string - The processed text"),
        ('a:any="x|y" - With | and ` and *; b:number?', "c:object; d:any?"),
    ],
)
def test_a_new_plugin_is_in_line(tmp_path: Path, inputs: str, outputs: str) -> None:
    project = render(tmp_path, inputs=inputs, outputs=outputs)
    before = state(project)
    assert sync(project) == (0, "Everything is in line with manifest.json.\n")
    assert state(project) == before


PLAIN = ("text:string; old:array=[]", "result:string")
CONSTRAINED = (
    "text:string(3..80) - A text; unit:string(km|mi)=km; tags:array<string>?; key:string!secret; "
    "code:string(/^[a-z]+$/, e.g. abc|def)",
    "in_unit:string(km|mi); result:any?",
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            PLAIN,
            (
                "text:string - A text; count:number=0 - How | often; size:number - Its size",
                "total:number; result:any?",
            ),
        ),
        (PLAIN, CONSTRAINED),
        (CONSTRAINED, PLAIN),
    ],
    ids=["plain", "constraints added", "constraints removed"],
)
@pytest.mark.parametrize("default_description", [False, True])
def test_inputs_and_outputs_that_changed_are_named_everywhere(
    tmp_path: Path, default_description: bool, old: tuple[str, str], new: tuple[str, str]
) -> None:
    """The result is what the template would have rendered."""

    def made(name: str, **answers: str) -> Path:
        if default_description:
            answers["description"] = derived.description(answers)
        return render(tmp_path / name, **answers)

    project = made("a", inputs=old[0], outputs=old[1])
    wanted = made("b", inputs=new[0], outputs=new[1])
    manifest = json.loads((wanted / "manifest.json").read_text("utf-8"))
    keys = ("inputDefinitions", "outputDefinitions")
    change(project, **{key: manifest[key] for key in keys})
    assert "make sync" in own_tests(project)

    before = state(project)
    status, told = sync(project, "--check")
    assert status == 1
    assert told.count("not in line") == 4
    assert state(project) == before

    assert sync(project)[0] == 0
    for name in ("README.md", "plugin_logic.py", "manifest.json"):
        assert (project / name).read_text("utf-8") == (wanted / name).read_text("utf-8"), name
    request = json.loads((project / "examples" / "request.json").read_text("utf-8"))
    declared = {one["name"] for one in manifest["inputDefinitions"]}
    assert set(request["inputs"]) == declared, "as a new plugin has it: all inputs"
    assert own_tests(project) == ""
    assert sync(project, "--check")[0] == 0


def test_an_optional_input_that_the_author_left_out_of_the_example_stays_out(
    tmp_path: Path,
) -> None:
    project = render(tmp_path, inputs="text:string; old:number=1")
    path = project / "examples" / "request.json"
    path.write_text('{"inputs": {"text": "Mine"}}\n', "utf-8")
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    change(project, inputDefinitions=[*manifest["inputDefinitions"], COUNT])
    assert sync(project)[0] == 0
    assert json.loads(path.read_text("utf-8"))["inputs"] == {"text": "Mine", "count": 1}


def test_make_sync_runs_the_installed_tool(tmp_path: Path) -> None:
    """The whole way in a rendered plugin, with the tool as its users have it: on PATH."""
    project = render(tmp_path, outputs="result:string")
    tools = tmp_path / "tools"
    tools.mkdir()
    program = tools / "stage7-plugin"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={TEMPLATE} exec {sys.executable} -m stage7_plugin "$@"\n', "utf-8"
    )
    program.chmod(0o755)
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    change(project, inputDefinitions=[*manifest["inputDefinitions"], COUNT])

    def make_sync(path: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "sync", f"PYTHON={sys.executable}"],
            cwd=project,
            env={**isolated_environment(tmp_path / "home"), "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    done = make_sync("/usr/bin:/bin")
    assert done.returncode == 2
    assert "Nothing was done, because stage7-plugin is not available" in done.stdout
    assert "make sync" in own_tests(project)

    done = make_sync(f"{tools}:/usr/bin:/bin")
    assert done.returncode == 0, done.stdout
    assert "examples/request.json: brought in line" in done.stdout
    assert own_tests(project) == ""
    request = json.loads((project / "examples" / "request.json").read_text("utf-8"))
    assert set(request["inputs"]) == {"text", "count"}


def test_what_the_author_wrote_is_left_alone(tmp_path: Path) -> None:
    project = render(tmp_path)
    (project / "plugin_logic.py").write_text(
        "def execute_plugin(inputs, context):\n"
        '    return {"success": True, "outputs": {"result": inputs["text"]}}\n',
        "utf-8",
    )
    (project / "README.md").write_text("# Mine\n", "utf-8")
    change(
        project,
        inputDefinitions=[
            {"name": "text", "type": "string", "required": True, "description": "A text"},
            COUNT,
        ],
        semanticDescription="Mine.",
        inputGuidance="Mine.",
        usageExamples=["Mine."],
    )
    before = state(project)
    status, told = sync(project)
    assert status == 0
    assert 'the code does not use count yet: count: float | None = inputs.get("count")' in told
    assert state(project) == before
    assert own_tests(project) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('inputs["text"]\n', 'inputs["text"]\n    mine = text.upper()\n'),
        ('    text: str = inputs["text"]\n', '    mine = 1\n    text: str = inputs["text"]\n'),
        ('inputs["text"]\n', 'inputs["text"].strip()\n'),
        ("        text,\n", "        text.upper(),\n"),
    ],
    ids=["a line after", "a line before", "a changed line", "a changed list"],
)
def test_code_among_the_locals_of_the_stub_is_left_alone(
    tmp_path: Path, old: str, new: str
) -> None:
    project = render(tmp_path)
    logic = project / "plugin_logic.py"
    text = logic.read_text("utf-8")
    assert text.count(old) == 1
    logic.write_text(text.replace(old, new), "utf-8")
    given = json.loads((project / "manifest.json").read_text("utf-8"))["inputDefinitions"]
    change(project, inputDefinitions=[*given, COUNT])
    status, told = sync(project)
    assert status == 0
    assert logic.read_text("utf-8") == text.replace(old, new)
    assert "the code does not use count yet" in told


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("manifest.json", "{", "manifest.json is not JSON"),
        ("manifest.json", "{}", "the manifest lacks id"),
        ("examples/request.json", "[]", "examples/request.json is not a valid request"),
        ("README.md", None, "utf-8"),
    ],
)
def test_nothing_is_changed_without_something_to_go_by(
    tmp_path: Path, name: str, content: str | None, told: str
) -> None:
    project = render(tmp_path)
    change(project, inputGuidance="Input old (string, required): Old.")
    data = b"\xff" if content is None else content.encode()
    (project / name).write_bytes(data)
    before = (project / "manifest.json").read_bytes()
    status, output = sync(project)
    assert status == 2
    assert told in output
    assert (project / "manifest.json").read_bytes() == before


def test_a_plugin_without_its_logic_is_not_in_line(tmp_path: Path) -> None:
    project = render(tmp_path)
    (project / "plugin_logic.py").unlink()
    status, output = sync(project)
    assert (status, "there is no plugin_logic.py" in output) == (2, True)


@pytest.mark.parametrize(
    ("language", "ending", "field"),
    [
        ("typescript", ".ts", "note?: 'a' | 'b' | null;"),
        ("go", ".go", 'Note *string `json:"note,omitzero"`'),
    ],
)
def test_the_types_of_a_plugin_follow_its_manifest(
    tmp_path: Path, language: str, ending: str, field: str
) -> None:
    def made(folder: str, **answers: str) -> Path:
        (tmp_path / folder).mkdir()
        return render(tmp_path / folder, language=language, **answers)

    project = made("one")
    assert sync(project, "--check") == (0, "Everything is in line with manifest.json.\n")
    outputs = "n:number; note:string(a|b)?"
    wanted = made("other", inputs="text:string; opt:object?", outputs=outputs)
    manifest = json.loads((wanted / "manifest.json").read_text("utf-8"))
    change(project, **{k: manifest[k] for k in ("inputDefinitions", "outputDefinitions")})
    logic = (project / f"plugin_logic{ending}").read_bytes()
    status, told = sync(project)
    assert status == 0
    assert f"plugin_types{ending}: brought in line" in told
    types = (project / f"plugin_types{ending}").read_text("utf-8")
    assert types == (wanted / f"plugin_types{ending}").read_text("utf-8")
    assert field in types
    assert (project / f"plugin_logic{ending}").read_bytes() == logic
    assert sync(project, "--check")[0] == 0


def test_guidance_is_added_where_there_is_none(tmp_path: Path) -> None:
    project = render(tmp_path)
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    guidance = manifest.pop("inputGuidance")
    (project / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    assert sync(project)[0] == 0
    assert json.loads((project / "manifest.json").read_text("utf-8"))["inputGuidance"] == guidance
