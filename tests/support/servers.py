"""The servers of several languages, each around logic that does what a test's inputs ask of it.

A plugin of pytest, so that each of them is prepared once for all tests.
"""

from __future__ import annotations

import compileall
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support import go, node
from tests.support.once import made_once
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
    source = go.TESTS / "obedient.go"
    compiled = made_once(tmp_path_factory, "obedient", lambda folder: go.build(folder, source))

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


class Running:
    """Servers that several tests use one after another: each is started once, and must live on.

    Only for tests that neither end a server nor count from its start. The log of each begins anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: dict[str, PluginProcess] = {}

    def get(
        self,
        name: str,
        server: Server,
        logic: str = "obedient.py",
        manifest: dict[str, object] | None = None,
        **environ: str,
    ) -> PluginProcess:
        """The server `name` with this logic, with these keys of the manifest and variables."""
        key = json.dumps([name, logic, manifest, environ])
        if key not in self.servers:
            plugin = self.folder / f"plugin-{len(self.servers)}"
            plugin.mkdir()
            command = server(plugin, logic)
            write_manifest(plugin, manifest or {})
            self.servers[key] = PluginProcess(plugin, environ, command=command)
        process = self.servers[key]
        process.begin_log()
        return process

    def check(self) -> None:
        """Fail the test that has ended a server, and forget that server."""
        ended = [key for key, process in self.servers.items() if process.process.poll() is not None]
        logs = [self.servers.pop(key).log for key in ended]
        assert not ended, f"{ended} ended:\n" + "\n".join(logs)


@pytest.fixture(scope="session")
def all_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The servers of `running`, until the last test has ended."""
    running = Running(tmp_path_factory.mktemp("running"))
    yield running
    for process in running.servers.values():
        process.kill()


def running_ones(request: pytest.FixtureRequest, all_running: Running) -> Iterator[Start]:
    """Yield what gives a running server of the language; the test must leave it alive."""
    language = getattr(request, "param", "python")
    server = request.getfixturevalue(f"{language}_server")

    def running(*arguments: Any, **options: Any) -> PluginProcess:
        return all_running.get(language, server, *arguments, **options)

    yield running
    all_running.check()
