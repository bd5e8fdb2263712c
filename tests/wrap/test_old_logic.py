"""Which logic is kept as plugin_logic.py, and which gets an adapter that calls it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hand_made import PLAIN, has_note, read, run

CALLED = [
    ("def execute_plugin(inputs):\n    return {'success': True, 'outputs': {'result': "
     "inputs['text']}}\n", ""),
    ("async def execute_plugin(inputs):\n    return {'success': True, 'outputs': {'result': "
     "inputs['text']}}\n", ""),
    ("def run(inputs, context):\n    return {'success': True, 'outputs': {'result': "
     "inputs['text']}}\n", ""),
    ("def helper(x):\n    return x\n\ndef work(ctx, data):\n    return {'success': True, "
     "'outputs': {'result': data['text']}}\n", "from plugin_logic import work as go\ngo(1, 2)\n"),
    ("def execute_plugin(text):\n    return {'result': text}\n", ""),
    ("def execute_plugin(text, *, context=None):\n    return text\n", ""),
    ("def execute_plugin(**values):\n    return {'result': values['text']}\n", ""),
    ("def execute_plugin(request):\n    text = request['inputs']['text']['value']\n"
     "    return {'success': True, 'outputs': {'result': text}}\n", ""),
    ("class Plugin:\n    def execute(self, inputs, context):\n        return {'success': True, "
     "'outputs': {'result': inputs['text']}}\n", "import plugin_logic\nplugin_logic.Plugin()\n"),
    ("def value_of(entry):\n    return entry['value']\n\ndef execute_plugin(inputs, context):\n"
     "    return {'success': True, 'outputs': {'result': value_of(inputs['text'])}}\n", ""),
    ("def execute_plugin(inputs, context):\n    values = {k: v['value'] for k, v in "
     "inputs.items()}\n    return {'success': True, 'outputs': {'result': values['text']}}\n", ""),
    ("def setup(path):\n    pass\n\ndef execute_plugin(inputs, context):\n"
     "    return {'success': True, 'outputs': {'result': inputs['text']}}\n", ""),
    ("def execute_plugin(inputs, verbose=False):\n    assert verbose is False\n"
     "    return {'success': True, 'outputs': {'result': inputs['text']}}\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("logic", "server"), CALLED)
def test_logic_of_another_form_gets_an_adapter(tmp_path: Path, logic: str, server: str) -> None:
    found = read(tmp_path, **{"plugin_logic.py": logic, "server.py": server})
    assert found.files["original_logic.py"] == logic.encode()
    assert has_note(found, "plugin_logic.py", "taken", "as original_logic.py")
    answer = run(found, {"text": "abc"})
    assert answer == {"success": True, "outputs": {"result": "abc"}}
    assert_clean(found.files["plugin_logic.py"], tmp_path)


def assert_clean(text: bytes, folder: Path) -> None:
    """No fault for the linter and the formatter of a plugin."""
    for command in (["check"], ["format", "--diff"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length=100",
             "--stdin-filename=plugin_logic.py", "-"],
            input=text, capture_output=True, cwd=folder, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "logic",
    [
        PLAIN,
        PLAIN.replace("def", "async def"),
        "def execute_plugin(inputs, context):\n    given = inputs['text']\n"
        "    text = given['value'] if isinstance(given, dict) else given\n"
        "    return {'success': True, 'outputs': {'result': text}}\n",
        "def execute_plugin(inputs: dict, context: dict, extra: int = 1) -> dict:\n"
        "    rows = [{'value': 1}]\n    return {'success': True, 'outputs': {'result': "
        "str(rows[0]['value'])}}\n",
        "def setup():\n    pass\n\n" + PLAIN,
    ],
)
def test_logic_of_the_documented_form_is_kept_byte_for_byte(tmp_path: Path, logic: str) -> None:
    server = "import plugin_logic\nplugin_logic.setup()\nplugin_logic.execute_plugin({}, {})\n"
    found = read(tmp_path, **{"plugin_logic.py": logic, "server.py": server})
    assert found.files == {"plugin_logic.py": logic.encode()}


def test_what_the_server_wraps_is_wrapped(tmp_path: Path) -> None:
    logic = "def execute_plugin(inputs, context):\n    return shout(inputs)\n\n"
    logic += "def shout(inputs):\n    return inputs['text'].upper()\n"
    server = "from plugin_logic import execute_plugin\n"
    server += "def view():\n    return {'success': True, 'outputs': {'result': "
    server += "execute_plugin({}, {})}}\n"
    found = read(tmp_path, **{"plugin_logic.py": logic, "server.py": server})
    assert run(found, {"text": "a"}) == {"success": True, "outputs": {"result": "A"}}


def test_undeclared_inputs_that_the_code_reads_still_arrive(tmp_path: Path) -> None:
    logic = PLAIN.replace('inputs["text"]', 'inputs.get("missionId", "none")')
    found = read(tmp_path, **{"plugin_logic.py": logic})
    assert has_note(found, "plugin_logic.py", "changed", "2: the code reads missionId")
    host = {"missionId": "m-1", "__auth_token": "secret"}
    assert run(found, {"text": "a"}, host_inputs=host)["outputs"] == {"result": "m-1"}
    assert run(found, {"text": "a"})["outputs"] == {"result": "none"}


def test_the_args_of_an_envelope_still_arrive(tmp_path: Path) -> None:
    logic = """\
def execute_plugin(inputs, context):
    given = inputs["text"]
    return {"success": True, "outputs": {"result": given["value"] + given["args"].get("mark", "")}}
"""
    found = read(tmp_path, **{"plugin_logic.py": logic})
    assert run(found, {"text": "a"})["outputs"] == {"result": "a"}
    assert run(found, {"text": "a"}, args={"text": {"mark": "!"}})["outputs"] == {"result": "a!"}
