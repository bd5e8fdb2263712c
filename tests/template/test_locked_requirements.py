"""What is installed in an image is locked with hashes; adding a dependency takes one command."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import TEMPLATE
from tests.template.conftest import Bake

RENDERED = TEMPLATE / "languages" / "python"


def make(project: Path, target: str) -> None:
    done = subprocess.run(
        ["make", f"PYTHON={sys.executable}", target], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def pins(lock: Path) -> dict[str, int]:
    """The number of hashes of each locked package."""
    entries = re.split(r"(?m)^(?=[a-z])", lock.read_text("utf-8"))[1:]
    return {entry.split("==")[0]: entry.count("--hash=sha256:") for entry in entries}


def test_the_server_needs_nothing() -> None:
    """Neither a package that is not locked, nor one that the author's could clash with."""
    imported = set()
    for path in [RENDERED / "server.py", *(RENDERED / "plugin_runtime").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
    assert imported - {"plugin_runtime"} <= sys.stdlib_module_names


def test_plugins_lock_with_the_tool_that_this_repository_is_tested_with() -> None:
    pinned = re.search(r"^uv==.*$", (TEMPLATE / "requirements-dev.txt").read_text("utf-8"), re.M)
    assert pinned is not None
    assert f"$(PIP) {pinned[0]}\n" in (RENDERED / "Makefile").read_text("utf-8")


@pytest.mark.network
def test_a_new_plugin_is_locked_as_make_lock_leaves_it(bake: Bake) -> None:
    project = bake()
    before = (project / "requirements.txt").read_bytes()
    make(project, "lock")
    assert (project / "requirements.txt").read_bytes() == before


@pytest.mark.network
def test_a_dependency_is_one_line_and_make_lock(bake: Bake) -> None:
    project = bake()
    with (project / "requirements.in").open("a") as file:
        file.write("markupsafe==3.0.2\nclick==8.1.8\n")
    make(project, "lock")
    locked = pins(project / "requirements.txt")
    assert set(locked) == {"markupsafe", "click", "colorama"}, "click needs colorama on Windows"
    assert locked["markupsafe"] > 30, "a wheel for each platform and Python"
    # A lock that cannot be installed must not keep `make lock` from fixing it.
    lock = project / "requirements.txt"
    good = lock.read_text("utf-8")
    lock.write_text("markupsafe==3.0.1\n", "utf-8")
    make(project, "lock")
    assert lock.read_text("utf-8") == good
