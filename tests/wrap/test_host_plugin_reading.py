"""What is read of a host's Python plugin: notes, errors, and what its code says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.wrap import host_plugin
from stage7_plugin.wrap.model import CannotWrap

SOURCES = Path(__file__).parent / "sources" / "host"

NOTES = (
    "changed: manifest.json: it has no language, so the host does not run the plugin",
    "changed: manifest.json:15: body has no type; the host accepts string, number",
    "changed: manifest.json:11: kind has the type 'plan'",
    "changed: manifest.json:7: the input body is also the name of an output; it is now body_input",
    "dropped: manifest.json:7: the input body occurs twice; the first one counts",
    "dropped: manifest.json:7: the alias text of body already stands for something else",
    "changed: manifest.json:9: the input class is not a name in Python; it is now class_input",
    "changed: manifest.json:9: class has the type 'integer'",
    "changed: manifest.json:9: class is required and has a default; it is now optional",
    "dropped: manifest.json:10: rows has the key format",
    "dropped: manifest.json:10: enum of rows is []",
    "changed: manifest.json:10: rows is a string, but app/run.py asks for array; it is now any",
    'dropped: manifest.json: a definition in inputs has no name: {"type": "string"}',
    "dropped: manifest.json:16: the output error is no longer declared",
    "dropped: manifest.json:17: the output per cent is no longer declared",
    "changed: manifest.json:14: every output is now optional",
    "changed: app/run.py:18: it returns found (array), which outputDefinitions lack",
    "changed: examples/request.json: its values are made up: replace them",
    "changed: app/run.py:4: it imports yaml; requirements.in now has PyYAML",
    "dropped: app/run.py:5: it needs absent_helper, missing from requirements.in",
    "dropped: app/run.py:8: it can do without pandas",
    "changed: manifest.json:2: REFLECT never reaches a plugin; the verb is now REFLECT_PLUGIN",
    "changed: manifest.json: there are no security.permissions",
    "changed: manifest.json:3: description 'x' must have 10 to 200 characters",
    "changed: manifest.json:4: version 'one' must be MAJOR.MINOR.PATCH",
    "dropped: manifest.json:20: configuration: no part of a container plugin reads it",
    "dropped: .env: it is not an ordinary file, or it holds secrets",
    "dropped: link.py: it is not an ordinary file, or it holds secrets",
    "taken: app/run.py: 3 unchanged files in wrapped/",
)


def test_everything_that_cannot_stay_is_noted(tmp_path: Path) -> None:
    source = shutil.copytree(SOURCES / "ODD_ONE", tmp_path / "ODD_ONE")
    (source / ".env").write_text("TOKEN=do-not-copy")
    (source / "app" / "test_run.py").write_text("def broken(:\n")  # tests are copied, not read
    (source / "link.py").symlink_to(tmp_path / "elsewhere.py")
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "run.pyc").write_bytes(b"x")
    command = ["wrap", str(source), "--check", "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    for note in NOTES:
        assert note in result.output
    told = [line for line in result.output.splitlines() if line.startswith(("changed:", "dropped"))]
    assert len(told) == len(NOTES) - 1
    assert not (tmp_path / "out").exists()


GOOD: dict[str, Any] = {"verb": "ECHO", "language": "python"}


@pytest.mark.parametrize(
    ("manifest", "program", "said"),
    [
        (None, "", ["manifest.json: it cannot be read: No such file", '{"id": "plugin-ECHO"']),
        ("{\n 'a': 1}", "", ["manifest.json:2: it is not JSON", "expected: a JSON object"]),
        ([], "", ["manifest.json:1: it is not an object"]),
        ({**GOOD, "language": "javascript"}, "",
         ["manifest.json:3: the language is 'javascript'", '"language": "python"']),
        ({**GOOD, "entryPoint": {"main": "../main.py"}}, "",
         ["manifest.json:5: entryPoint.main is '../main.py'", '"main": "main.py"']),
        ({**GOOD, "inputDefinitions": {"a": 1}}, "import sys\nsys.stdin.read()\n",
         ["manifest.json:4: inputDefinitions is not a list", '[{"name": "text"']),
        (GOOD, "import sys\ndef broken(:\n    pass\n", ["main.py:2: it is not valid Python"]),
        (GOOD, "print('hello')\n",
         ["main.py: it does not read standard input", "none of the functions execute_plugin",
          "def execute_plugin(inputs: dict) -> dict"]),
    ],
)  # fmt: skip
def test_what_cannot_be_wrapped_is_named_with_its_place(
    tmp_path: Path, manifest: Any, program: str, said: list[str]
) -> None:
    (tmp_path / "main.py").write_text(program)
    if manifest is not None:
        text = manifest if isinstance(manifest, str) else json.dumps(manifest, indent=1)
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(CannotWrap) as raised:
        host_plugin.read(str(tmp_path))
    for words in said:
        assert words in str(raised.value)


@pytest.mark.parametrize(
    ("program", "reads"),
    [
        ("import sys\ndata = sys.stdin.read()", True),
        ("from sys import stdin", True),
        ("data = open(0).read()", True),
        ("data = input()", True),
        ("import fileinput", True),
        ("import sys\nprint(sys.argv)", False),
        ("data = open('x').read()", False),
    ],
)
def test_reading_standard_input_is_seen(tmp_path: Path, program: str, reads: bool) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(GOOD))
    (tmp_path / "main.py").write_text(f"{program}\ndef execute(a, inputs, **more): return 1\n")
    found = host_plugin.read(str(tmp_path))
    logic = found.files["plugin_logic.py"].decode()
    assert ('function="execute"' in logic) is not reads
    names = [one["name"] for one in json.loads(found.answers["inputs"])]
    assert names == (["inputs"] if reads else ["a", "inputs", "more"])


def test_inputs_without_definitions_are_those_that_the_function_asks_for(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(GOOD))
    program = "def execute_plugin(given):\n    return [given.get('action'), given['rows']]\n"
    (tmp_path / "main.py").write_text(program)
    inputs = json.loads(host_plugin.read(str(tmp_path)).answers["inputs"])
    assert [(one["name"], one["type"]) for one in inputs] == [("action", "string"), ("rows", "any")]


def test_an_alias_that_is_a_parameter_names_the_input(tmp_path: Path) -> None:
    definitions = [{"name": "payload", "type": "object", "aliases": ["parameters"]}]
    (tmp_path / "manifest.json").write_text(json.dumps({**GOOD, "inputDefinitions": definitions}))
    (tmp_path / "main.py").write_text("def execute_action(action, parameters): return {}\n")
    logic = host_plugin.read(str(tmp_path)).files["plugin_logic.py"].decode()
    assert 'renamed={"payload": "parameters"}' in logic


@pytest.mark.parametrize("imports", ["import old", "from old.parts import x"])
def test_a_broken_file_matters_if_it_is_imported(tmp_path: Path, imports: str) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(GOOD))
    (tmp_path / "main.py").write_text("import sys\nsys.stdin.read()\n")
    (tmp_path / "old.py").write_text("print 'hello'\n")
    found = host_plugin.read(str(tmp_path))
    (note,) = (str(note) for note in found.notes if note.path == "old.py")
    assert note.startswith("kept aside: old.py:1: it is not valid Python")
    assert "wrapped/old.py" in found.files
    (tmp_path / "main.py").write_text(f"import sys\n{imports}\nsys.stdin.read()\n")
    with pytest.raises(CannotWrap, match=r"old\.py:1: it is not valid Python"):
        host_plugin.read(str(tmp_path))


def test_requirements_are_those_that_can_be_locked(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(GOOD))
    (tmp_path / "main.py").write_text("import sys, flask\nsys.stdin.read()\n")
    (tmp_path / "requirements.txt").write_text(
        "\ufeff# packages\n-r base.txt\nflask>=3 \\\n    --hash=sha256:00\n-e .\n"
        'tomli>=2 ; python_version < "3.11"\nexceptiongroup; python_version <= "3.10"\n'
        'typing_extensions; python_version < "3.13"\nname @ git+https://example.com/x.git\n'
    )
    (tmp_path / "base.txt").write_text("requests  # for http\nflask>=3\n")
    found = host_plugin.read(str(tmp_path))
    assert found.files["requirements.in"].decode().splitlines() == [
        "requests",
        "flask>=3",
        'typing_extensions; python_version < "3.13"',
    ]
    dropped = [str(note) for note in found.notes if note.kind == "dropped"]
    assert [note.split(": ")[1] for note in dropped] == [
        *(f"requirements.txt:{line}" for line in (5, 6, 7, 9)),
    ]
    assert dropped[1].endswith('python_version < "3.11": plugins always run on a newer Python')
    (tmp_path / "base.txt").unlink()
    with pytest.raises(CannotWrap, match=r"requirements.txt:2: it names base\.txt"):
        host_plugin.read(str(tmp_path))


def test_an_output_named_like_an_input_is_reported(tmp_path: Path) -> None:
    program = """
import json, sys
rows = json.load(sys.stdin)
print(json.dumps([{"success": True, "name": "rows", "resultType": "array", "result": rows}]))
"""
    inputs = [{"name": "rows", "type": "array", "required": True}]
    outputs = [{"name": "found", "type": "any"}]
    manifest = {**GOOD, "inputDefinitions": inputs, "outputDefinitions": outputs}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "main.py").write_text(program)
    found = host_plugin.read(str(tmp_path))
    (note,) = (str(note) for note in found.notes if "cannot be declared" in note.text)
    assert note.startswith("dropped: main.py:4: it returns rows, which cannot be declared")
    assert "execute.outputs-declared" in note
    assert [one["name"] for one in json.loads(found.answers["outputs"])] == ["found"]


def test_modules_of_the_hosts_repository_come_along(tmp_path: Path) -> None:
    folder = tmp_path / "services" / "plugins" / "ECHO"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(GOOD))
    (folder / "main.py").write_text("import sys\nimport plan_rules\nsys.stdin\n")
    shared = tmp_path / "shared" / "python" / "lib"
    shared.mkdir(parents=True)
    (shared / "plan_rules.py").write_text("RULES = []\n")
    found = host_plugin.read(str(folder))
    assert found.files["wrapped/plan_rules.py"] == b"RULES = []\n"
    assert "main.py:2: it imports plan_rules of the host's shared/python/lib" in str(
        [str(note) for note in found.notes]
    )


@pytest.mark.parametrize(
    ("files", "recognised"),
    [
        ({"manifest.json": "{}", "main.py": ""}, True),
        ({"manifest.json": '{"language": "python"}', "main.py": ""}, True),
        ({"main.py": ""}, True),
        ({"manifest.json": "{", "main.py": ""}, True),
        ({"manifest.json": "{}", "main.py": "", "Dockerfile": ""}, True),
        ({"manifest.json": '{"container": {}}', "main.py": ""}, False),
        ({"manifest.json": '{"language": "javascript"}', "main.py": ""}, False),
        ({"manifest.json": "{}"}, False),
        ({"main.py": "", "Dockerfile": ""}, False),
        ({}, False),
    ],
)
def test_it_is_recognised(tmp_path: Path, files: dict[str, str], recognised: bool) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert host_plugin.recognises(str(tmp_path)) is recognised


def test_the_guide_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = Path(__file__).parents[2] / "docs" / "guides" / "wrapping.md"
    shown = guide.read_text("utf-8").partition(
        "$ stage7-plugin wrap plugins/ORDER_LOOKUP --check\n"
    )
    shutil.copytree(SOURCES / "ORDER_LOOKUP", tmp_path / "plugins" / "ORDER_LOOKUP")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["wrap", "plugins/ORDER_LOOKUP", "--check"])
    assert result.output == shown[2].partition("```")[0]
