"""No command imports Python files that happen to be in the folder where it is started.

Modules with the name of every part of the standard library are planted there; each leaves a trace
if it runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import TEMPLATE, isolated_environment

SCRIPT = f"import sys\nsys.path.insert(1, {str(TEMPLATE)!r})\n"
CONSOLE = SCRIPT + "from stage7_plugin.cli import main\nif __name__ == '__main__': main()\n"
ENOUGH_FOR_WORKERS = 250


@pytest.fixture(scope="module")
def imported_by_python() -> set[str]:
    """What `python -m` imports before it runs anything; nothing can be done about these."""
    code = "import runpy, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def plant(folder: Path, but: set[str] | None = None) -> Path:
    """Plant the modules in a folder."""
    folder.mkdir(exist_ok=True)
    for name in sys.stdlib_module_names - (but or set()):
        trace = f"open({str(folder / 'TRACE')!r}, 'a').write(__name__ + ' ')\n"
        (folder / f"{name}.py").write_text(f"{trace}raise SystemExit(3)\n")
    return folder


def run(folder: Path, command: list[str]) -> str:
    """Run a command in a folder with planted modules; it must work, and run none of them."""
    environ = isolated_environment(folder.with_name("home"))
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ | {"PYTHONPATH": str(TEMPLATE)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    trace = folder / "TRACE"
    assert not trace.exists(), f"it ran {trace.read_text()}"
    assert done.returncode == 0, done.stdout
    return done.stdout


def program(folder: Path, name: str, text: str) -> Path:
    """A program as pip installs one."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return path


def fleet(folder: Path) -> None:
    plugins = [{"plugin_name": f"P {number}"} for number in range(ENOUGH_FOR_WORKERS)]
    document = {"defaults": {"author": "Ada"}, "plugins": plugins}
    (folder / "fleet.json").write_text(json.dumps(document))


NEW = ("new", "--no-input", "--output-dir", "out", "plugin_name=One", "author=Ada")
COMMANDS = {
    "batch": ("batch", "fleet.json", "--output-dir", "out"),
    "new": NEW,
    "check": ("check", "--list"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("way", ["stage7-plugin", "python -m"])
def test_the_commands_and_their_processes(
    tmp_path: Path, imported_by_python: set[str], command: str, way: str
) -> None:
    """`batch` with workers and multiprocessing's resource tracker, `new` with the hook."""
    if way == "python -m":
        start = [sys.executable, "-m", "stage7_plugin"]
        folder = plant(tmp_path / "planted", imported_by_python)
    else:
        start = [str(program(tmp_path, "bin/stage7-plugin", CONSOLE))]
        folder = plant(tmp_path / "planted")
    fleet(folder)
    run(folder, [*start, *COMMANDS[command]])
    if command != "check":
        assert next((folder / "out").glob("*/manifest.json")).is_file()


@pytest.mark.skipif(os.name == "nt", reason="needs make")
def test_make_plugin(tmp_path: Path) -> None:
    """With a virtual environment that is there already, and planted modules where plugins go."""
    clone = tmp_path / "template"
    subprocess.run(["git", "clone", "--quiet", str(TEMPLATE), str(clone)], check=True)
    python = f'#!/bin/sh\nPYTHONPATH= exec {sys.executable} "$@"\n'
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").write_text(python)
    (clone / ".venv" / "bin" / "python").chmod(0o755)
    (clone / ".venv" / ".plugin").touch()
    folder = plant(tmp_path / "planted")
    make = ["make", "--directory", str(clone), "plugin", f"OUTPUT={folder} --no-input"]
    text = (clone / "Makefile").read_text("utf-8")
    quoted = '--output-dir "$(OUTPUT)"'
    assert quoted in text
    (clone / "Makefile").write_text(text.replace(quoted, "--output-dir $(OUTPUT)"), "utf-8")
    run(folder, make)
    assert (folder / "text-echo" / "manifest.json").is_file()


def test_the_environment_of_make_is_made_in_isolation() -> None:
    """`python -m venv` and `python -m pip` would import a venv.py of the folder."""
    lines = (TEMPLATE / "Makefile").read_text("utf-8").splitlines()
    makers = [line for line in lines if " -m venv " in line or " -m pip " in line]
    assert len(makers) == 4
    assert all("-I -m" in line for line in makers)
