"""A rendered plugin whose logic does what a test's inputs ask of it."""

from __future__ import annotations

import compileall
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.runtime import runtime_modules
from tests.runtime.in_process import TIMED, Clock, Place, Selector, http_server
from tests.runtime.plugin_process import PluginProcess, write_manifest

TEMPLATE = runtime_modules.TEMPLATE
LOGIC = Path(__file__).parent / "logic"
HOST_PROGRAMS = Path(__file__).parent / "host_programs"

Start = Callable[..., PluginProcess]


@pytest.fixture(scope="session")
def server_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the server's files and their byte code, as an image has them."""
    folder = tmp_path_factory.mktemp("server") / "files"
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(TEMPLATE / "plugin_runtime", folder / "plugin_runtime", ignore=unwanted)
    shutil.copy(TEMPLATE / "server.py", folder)
    assert compileall.compile_dir(folder / "plugin_runtime", quiet=1)
    return folder


@pytest.fixture
def start(tmp_path: Path, server_files: Path) -> Iterator[Start]:
    """Starts `server.py` around a file of `logic/`; every process is killed at the end.

    Arguments: the file's name, `manifest` keys to set, a command that starts the server, a
    descriptor to write the log to, arguments of `server.py`, and environment variables.
    """
    running: list[PluginProcess] = []

    def start_plugin(
        logic: str = "obedient.py",
        manifest: dict[str, object] | None = None,
        first: Sequence[str] = (),
        output: int | None = None,
        arguments: Sequence[str] = (),
        **environ: str,
    ) -> PluginProcess:
        folder = tmp_path / f"plugin-{len(running)}"
        shutil.copytree(server_files, folder)
        shutil.copy(LOGIC / logic, folder / "plugin_logic.py")
        if logic == "host_plugin.py":
            shutil.copytree(HOST_PROGRAMS, folder / "wrapped")
        write_manifest(folder, manifest or {})
        process = PluginProcess(folder, environ, first, output, arguments)
        running.append(process)
        return process

    yield start_plugin
    for process in running:
        process.kill()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The server's parts in this process, on a clock that stands still."""
    clock = Clock()
    for name in TIMED:
        monkeypatch.setattr(runtime_modules.runtime_module(name), "time", clock)
    monkeypatch.setattr(Selector, "clock", clock, raising=False)
    monkeypatch.setattr(http_server.selectors, "DefaultSelector", Selector)
    made = Place(clock)
    yield made
    made.close()
