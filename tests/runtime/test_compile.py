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


NOT_AT_A_START = {
    *("asyncio", "constraints", "copy", "hints", "heapq", "host_plugin", "inspect", "json_schema"),
    *("not_json", "openapi", "pathlib", "py_compile", "queue"),
}


def test_only_what_a_start_imports_is_compiled(tmp_path: Path) -> None:
    """Everything else would only make the image larger."""
    plugin, cache = tmp_path / NAMES["python"], tmp_path / "cache"
    shutil.copytree(FOLDER / NAMES["python"], plugin, ignore=shutil.ignore_patterns("__pycache__"))
    # -S, because a virtual environment may import what it likes.
    command = [sys.executable, "-X", f"pycache_prefix={cache}", "-E", "-s", "-S", "server.py"]
    subprocess.run([*command, "--compile"], cwd=plugin, check=True)
    found = {path.name.split(".")[0]: path.read_bytes() for path in cache.rglob("*.pyc")}
    found |= {path.parent.name: path.read_bytes() for path in cache.rglob("__init__.*.pyc")}
    assert {"app", "http_server", "logging", "plugin_logic", "service", "typing"} <= found.keys()
    assert sorted(NOT_AT_A_START & found.keys()) == []

    by_content = b"\3\0\0\0"  # the flags of PEP 552: a hash, and it is checked
    assert {found[name][4:8] for name in ("app", "http_server", "service")} == {by_content}
    assert b"Puts the parts together" not in found["service"]
