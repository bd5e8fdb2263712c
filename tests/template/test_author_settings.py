"""The rendered tests with plugins that are not Text Echo: one cause fails one test, and says so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template.conftest import Bake

SETUP = '\n\ndef setup() -> None:\n    raise ConnectionError("no token")\n'


def outcome(project: Path, **environ: str) -> tuple[list[str], str]:
    """The tests that failed, and everything that was printed, without -v."""
    unwanted = ("NETWORK", "API_TOKEN")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not engine"],
        cwd=project,
        env={**{k: v for k, v in os.environ.items() if k not in unwanted}, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", done.stdout, re.MULTILINE), done.stdout


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def project(bake: Bake) -> Path:
    return bake(outputs="result:string; more:number?")


def test_a_setup_that_fails(project: Path) -> None:
    with (project / "plugin_logic.py").open("a") as file:
        file.write(SETUP)
    failed, output = outcome(project)
    assert failed == ["test_it_gets_ready"]
    assert "setup() failed: ConnectionError: no token" in output


def test_a_setup_that_needs_a_variable(project: Path) -> None:
    with (project / "plugin_logic.py").open("a") as file:
        file.write(
            SETUP.replace("    raise", '    if not os.environ.get("API_TOKEN"):\n        raise')
        )
    replace(project / "plugin_logic.py", "import logging\n", "import logging\nimport os\n")
    settings = project / "tests" / "settings.toml"
    replace(settings, "[setup]\nenvironment = []", '[setup]\nenvironment = ["API_TOKEN"]')
    failed, output = outcome(project)
    assert failed == []
    assert "setup needs API_TOKEN in the environment (tests/settings.toml)" in output
    failed, output = outcome(project, API_TOKEN="x")
    assert failed == []
    assert "skipped" not in output.splitlines()[-1]


@pytest.mark.parametrize("kind", ["libraries", "programs"])
def test_a_setup_that_needs_something_of_the_system(project: Path, kind: str) -> None:
    with (project / "plugin_logic.py").open("a") as file:
        file.write(SETUP)
    settings = project / "tests" / "settings.toml"
    replace(settings, "[setup]\nenvironment = []", f'[setup]\n{kind} = ["odd"]\n#')
    text = settings.read_text("utf-8")
    head, _, rest = text.partition("[example]")
    lines = [line for line in head.splitlines() if not line.startswith(f"{kind} = [] ")]
    settings.write_text("\n".join([*lines, "[example]"]) + rest, "utf-8")
    failed, output = outcome(project)
    assert failed == []
    assert "setup needs odd on this machine (tests/settings.toml)" in output


def test_an_example_that_needs_a_network(project: Path) -> None:
    stub = project / "plugin_logic.py"
    replace(stub, "    received = [", '    raise OSError("no network")\n    received = [')
    failed, output = outcome(project)
    assert failed == ["test_the_example"]
    assert "OSError: no network" in output
    settings = project / "tests" / "settings.toml"
    head, section, rest = settings.read_text("utf-8").partition("[example]")
    settings.write_text(head + section + rest.replace("network = false", "network = true"), "utf-8")
    failed, output = outcome(project)
    assert failed == []
    assert "example needs a network (tests/settings.toml): NETWORK=1 make test" in output
    assert outcome(project, NETWORK="1")[0] == ["test_the_example"]


def test_an_output_that_differs_each_time(project: Path) -> None:
    stub = project / "plugin_logic.py"
    replace(stub, '"result": STUB_ANSWER', '"result": __import__("uuid").uuid4().hex')
    failed, output = outcome(project)
    assert failed == ["test_the_documented_envelope_gives_the_same_answer"]
    assert "name it under varies in tests/settings.toml" in output
    replace(project / "tests" / "settings.toml", "varies = []", 'varies = ["result"]')
    assert outcome(project)[0] == []


@pytest.mark.parametrize("line", ["", '            "more": None,\n'])
def test_an_optional_output_that_the_example_does_not_produce(project: Path, line: str) -> None:
    replace(project / "plugin_logic.py", '            "more": 0,\n', line)
    assert outcome(project)[0] == []


def test_code_that_cannot_be_imported_fails_one_test(project: Path) -> None:
    (project / "plugin_logic.py").write_text("import nothing_like_this\n", "utf-8")
    failed, output = outcome(project)
    assert failed == ["test_it_gets_ready"]
    assert "No module named 'nothing_like_this'" in output


@pytest.mark.parametrize("text", ["{", "[]", '{"text": "Hello"}', None])
def test_an_example_that_is_no_request_fails_one_test(project: Path, text: str | None) -> None:
    path = project / "examples" / "request.json"
    path.unlink() if text is None else path.write_text(text, "utf-8")
    failed, output = outcome(project)
    assert failed == ["test_the_example_request_can_be_read"]
    assert "examples/request.json is not a valid request: " in output


def test_unreadable_settings_are_reported_once(project: Path) -> None:
    (project / "tests" / "settings.toml").write_text("[setup", "utf-8")
    failed, output = outcome(project)
    assert failed == []
    assert output.count("tests/settings.toml cannot be read: ") == 1


def test_a_required_setting_that_is_missing_skips_and_is_named(project: Path) -> None:
    path = project / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["configuration"] = [
        {"key": "API_TOKEN", "type": "secret", "required": True, "description": "Of x"}
    ]
    path.write_text(json.dumps(manifest, indent=2), "utf-8")
    failed, output = outcome(project)
    assert failed == []
    assert "manifest.json requires API_TOKEN in the environment or in .env" in output
    (project / "values").write_text("API_TOKEN=x\n", "utf-8")
    failed, output = outcome(project, ENV_FILE="values")
    assert failed == []
    assert "skipped" not in output.splitlines()[-1]


def test_a_manifest_with_several_problems(project: Path) -> None:
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    manifest["api"]["method"] = "HEAD"
    manifest["inputDefinitions"][0]["type"] = "text"
    (project / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    failed, output = outcome(project)
    assert failed == ["test_it_follows_its_schema"]
    assert "$.api.method: 'HEAD' is not one of" in output
    assert "$.inputDefinitions[0].type: 'text' is not one of" in output


def test_the_authors_advice_is_a_warning(project: Path) -> None:
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    manifest["verb"] = "SCRAPE"
    (project / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    failed, output = outcome(project)
    assert failed == []
    assert "verb: the host already has a plugin for SCRAPE" in output


def test_run_answers_as_the_server_does(project: Path) -> None:
    """Defaults, aliases, conversion, context, setup() once and the check of the outputs."""
    (project / "manifest.json").write_text(
        json.dumps(
            json.loads((project / "manifest.json").read_text("utf-8"))
            | {
                "inputDefinitions": [
                    {"name": "text", "type": "string", "required": True, "aliases": ["body"]},
                    {"name": "n", "type": "number", "required": False, "defaultValue": 3},
                ]
            }
        ),
        "utf-8",
    )
    (project / "plugin_logic.py").write_text(
        "calls = []\n\n\ndef setup():\n    calls.append(1)\n\n\n"
        "async def execute_plugin(inputs, context):\n"
        '    seen = [inputs["text"], inputs["n"], context["plugin_id"], context["version"],\n'
        '            context["step_id"], context["host_inputs"], len(calls)]\n'
        '    more = "wrong" if inputs["text"] == "wrong" else 1\n'
        '    return {"success": True, "outputs": {"more": more, "result": repr(seen)}}\n',
        "utf-8",
    )
    (project / "tests" / "test_logic.py").write_text(
        "from plugin_call import run\n\n\n"
        "def test_all():\n"
        '    host = {"stepId": "s", "extra": 1}\n'
        '    seen = ["a", 3, "text-echo", "1.0.0", "s", host, 1]\n'
        '    assert run({"body": {"value": "a", "args": {}}, **host}) == {\n'
        '        "success": True, "outputs": {"result": repr(seen), "more": 1}}\n'
        '    assert run({"text": "a", "n": "4"})["outputs"]["result"].startswith("[\'a\', 4,")\n'
        '    assert "Input \'text\'" in run({})["error"]\n'
        '    assert "Output \'more\'" in run({"text": "wrong"})["errors"][0]\n',
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_logic.py"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
