"""The servers of several languages, each around logic that does what a test's inputs ask of it.

A plugin of pytest, so that each of them is prepared once for all tests.
"""

from __future__ import annotations

import compileall
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.support import go, node
from tests.support.plugin_process import PluginProcess, write_manifest
from tests.support.template import TEMPLATE

SOURCES = TEMPLATE / "languages" / "python"
LOGIC = TEMPLATE / "tests" / "runtime" / "logic"
HOST_PROGRAMS = TEMPLATE / "tests" / "runtime" / "host_programs"

Start = Callable[..., PluginProcess]
Server = Callable[[Path, str], list[str]]
"""Puts a server around a logic into a folder; returns the command that starts it."""


@pytest.fixture(scope="session")
def python_server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The server's files with their byte code, as an image has them; a file of `logic/`."""
    files = tmp_path_factory.mktemp("server") / "files"
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCES / "plugin_runtime", files / "plugin_runtime", ignore=unwanted)
    shutil.copy(SOURCES / "server.py", files)
    assert compileall.compile_dir(files / "plugin_runtime", quiet=1)

    def put(folder: Path, logic: str) -> list[str]:
        shutil.copytree(files, folder, dirs_exist_ok=True)
        shutil.copy(LOGIC / logic, folder / "plugin_logic.py")
        if logic == "host_plugin.py":
            shutil.copytree(HOST_PROGRAMS, folder / "wrapped")
        return [sys.executable, "-E", "-s", str(folder / "server.py")]

    return put


@pytest.fixture(scope="session")
def go_server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The program, compiled once; its logic does what each file of `logic/` does."""
    compiled = tmp_path_factory.mktemp("obedient")
    go.build(compiled, go.TESTS / "obedient.go")

    def put(folder: Path, _logic: str) -> list[str]:
        program = folder / "plugin"
        program.hardlink_to(compiled / "plugin")
        return [str(program)]

    return put


@pytest.fixture(scope="session")
def typescript_server() -> Server:
    """The sources; their logic does what each file of `logic/` does."""
    program = node.node()

    def put(folder: Path, _logic: str) -> list[str]:
        shutil.copytree(node.SOURCES / "plugin_runtime", folder / "plugin_runtime")
        shutil.copy(node.SOURCES / "server.cts", folder)
        shutil.copy(node.TESTS / "obedient.ts", folder / "plugin_logic.ts")
        (folder / "package.json").write_text('{"type": "module"}', "utf-8")
        return [program, str(folder / "server.cts")]

    return put


def starting(folder: Path, server: Server) -> Iterator[Start]:
    """Yield what starts a server, each time in a folder of its own; kill every process then.

    Arguments: a file of `logic/`, `manifest` keys to set, a command that starts the server, a
    descriptor to write the log to, arguments of the server, and environment variables.
    """
    running: list[PluginProcess] = []

    def start(
        logic: str = "obedient.py",
        manifest: dict[str, object] | None = None,
        first: Sequence[str] = (),
        output: int | None = None,
        arguments: Sequence[str] = (),
        **environ: str,
    ) -> PluginProcess:
        plugin = folder / f"plugin-{len(running)}"
        plugin.mkdir()
        command = [*first, *server(plugin, logic), *arguments]
        write_manifest(plugin, manifest or {})
        running.append(PluginProcess(plugin, environ, output=output, command=command))
        return running[-1]

    yield start
    for process in running:
        process.kill()
