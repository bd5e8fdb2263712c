"""`server.py --compile`, which the Dockerfile runs so that the image has byte code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.render_example import FOLDER, NAMES

TIMER = """\
import threading
threading.Timer(3600, print).start()
print("imported")
def execute_plugin(inputs, context):
    return {}
"""


@pytest.mark.parametrize(
    ("logic", "status", "said"),
    [
        (TIMER, 0, "imported"),
        ("import nothing_of_this_name\n", 1, "No module named 'nothing_of_this_name'"),
        ("import sys\nsys.exit(3)\n", 0, "SystemExit"),
    ],
    ids=["a timer that still runs", "a missing module", "an exit"],
)
def test_it_ends_whatever_an_import_does(
    tmp_path: Path, logic: str, status: int, said: str
) -> None:
    plugin = tmp_path / NAMES["python"]
    shutil.copytree(FOLDER / NAMES["python"], plugin)
    (plugin / "plugin_logic.py").write_text(logic, "utf-8")
    done = subprocess.run(
        [sys.executable, "-E", "-s", "server.py", "--compile"],
        cwd=plugin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert done.returncode == status, done.stdout
    assert said in done.stdout


def test_what_is_imported_later_is_compiled_too(tmp_path: Path) -> None:
    """A container cannot write byte code, so the image has it."""
    plugin = tmp_path / NAMES["python"]
    shutil.copytree(FOLDER / NAMES["python"], plugin, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-E", "-s", "server.py", "--compile"], cwd=plugin, check=True)
    compiled = {path.name.split(".")[0] for path in (plugin / "plugin_runtime").rglob("*.pyc")}
    assert {"openapi", "json_schema", "constraints", "service"} <= compiled
