"""The lint of a plugin leaves alone what was copied, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.wrap.lint import left_alone, without_lint
from tests.support.hand_made import plugin

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RENDERED = Path(__file__).parents[2] / "languages" / "python" / "pyproject.toml"
UNTIDY = "import sys,os\ndef shout(x):\n  return x.upper()\n"
LOGIC = """\
import helper, json
from kit.tools import shout

def execute_plugin(inputs, context):
    return {'success': True, 'outputs': {'result': shout(helper.shout(inputs['text']))}}
"""


def test_only_code_is_named() -> None:
    files = ("plugin_logic.py", "kit/tools.py", "kit/data.json", "data/x.csv", "a.ipynb", "b.pyi")
    assert left_alone(files) == ["a.ipynb", "b.pyi", "kit", "plugin_logic.py"]


def test_each_tool_gets_its_entry_once() -> None:
    text = RENDERED.read_text("utf-8")
    names = ["plugin_logic.py", "kit", "odd-name", "original_logic.py"]
    found = without_lint(without_lint(text, names), names)
    assert found == without_lint(text, names)
    tools = tomllib.loads(found)["tool"]
    new = ["plugin_logic.py", "kit", "odd-name"]
    assert tools["ruff"]["extend-exclude"] == ["wrapped", "original_logic.py", *new]
    assert tools["mypy"]["exclude"] == [
        *("^wrapped/", "^original_logic\\.py$"),
        *("^plugin_logic\\.py$", "^kit/", "^odd\\-name/"),
    ]
    (imported,) = tools["mypy"]["overrides"]
    assert imported["module"] == ["original_logic", "plugin_logic", "kit", "kit.*"]


def test_a_list_that_the_author_has_rewritten_stays() -> None:
    text = '[tool.ruff]\nextend-exclude = ["x"]\n'
    assert without_lint(text, ["kit"]) == text


@pytest.mark.parametrize("enveloped", [False, True])
def test_lint_of_a_plugin_with_untidy_code_passes(tmp_path: Path, enveloped: bool) -> None:
    logic = LOGIC.replace("['text']", "['text']['value']") if enveloped else LOGIC
    files: dict[str, str | bytes | None] = {
        "plugin_logic.py": logic,
        "helper.py": UNTIDY,
        "kit/__init__.py": "",
        "kit/tools.py": UNTIDY,
        "broken.py": "print 'x'\n",
    }
    folder = plugin(tmp_path / "old", **files)
    arguments = ["wrap", str(folder), "git_init=no", "-o", str(tmp_path)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    made = tmp_path / "echo-it"
    assert (made / "helper.py").read_text("utf-8") == UNTIDY
    for command in (
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["mypy", "."],
    ):
        done_here = subprocess.run(
            [sys.executable, "-m", *command], cwd=made, capture_output=True, text=True
        )
        assert done_here.returncode == 0, done_here.stdout + done_here.stderr
