"""Go for the tests: the one that PyPI has as a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "languages" / "go"
TESTS = REPOSITORY / "tests" / "go"


def folder() -> Path:
    """Where `go` and `gofmt` are; skips the test where the wheel is not installed."""
    found = find_spec("go")
    if found is None or not found.submodule_search_locations:
        pytest.skip("pip install -r requirements-dev.txt installs Go")
    programs = Path(found.submodule_search_locations[0]) / "bin"
    if not (programs / "gofmt").is_file():
        pytest.skip("pip install -r requirements-dev.txt installs Go")
    return programs


def environment() -> dict[str, str]:
    """The environment with Go on its PATH, which must load nothing: what was compiled is kept."""
    given = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "PLUGIN_"))}
    given.update(GOTOOLCHAIN="local", GOPROXY="off", GOFLAGS="")
    given["PATH"] = f"{folder()}{os.pathsep}{given.get('PATH', os.defpath)}"
    return given


def run(
    cwd: Path, *command: str, given: str = "", variables: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run `go` or `gofmt` with its arguments; what it says is in `stdout`.

    Args:
        cwd: Where it runs.
        command: The program and its arguments.
        given: Its standard input.
        variables: Further ones of its environment, such as "NAME=value".
    """
    program = folder() / command[0]
    return subprocess.run(
        [str(program), *command[1:]],
        cwd=cwd,
        env={**environment(), **dict(one.split("=", 1) for one in variables)},
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def sources(plugin: Path, *logic: Path) -> None:
    """Copy the server and its logic to a plugin's folder."""
    (plugin / "go.mod").write_text("module stage7plugin\n\ngo 1.27\n", "utf-8")
    for source in (SOURCES / "server.go", *logic):
        shutil.copy(source, plugin)
    shutil.copytree(SOURCES / "plugin_runtime", plugin / "plugin_runtime", dirs_exist_ok=True)


def build(plugin: Path, *logic: Path) -> None:
    """Compile the server with its logic to `plugin/plugin`."""
    sources(plugin, *logic)
    done = run(plugin, "go", "build", "-o", "plugin", ".")
    assert done.returncode == 0, done.stdout
