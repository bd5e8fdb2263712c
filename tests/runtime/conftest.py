"""A rendered plugin whose logic does what a test's inputs ask of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.runtime.plugin_process import PluginProcess, write_manifest

TEMPLATE = Path(__file__).parents[2] / "{{cookiecutter.plugin_slug}}"
LOGIC = Path(__file__).parent / "logic"

Start = Callable[..., PluginProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
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
        folder.mkdir()
        shutil.copy(TEMPLATE / "server.py", folder)
        shutil.copytree(
            TEMPLATE / "plugin_runtime",
            folder / "plugin_runtime",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        shutil.copy(LOGIC / logic, folder / "plugin_logic.py")
        write_manifest(folder, manifest or {})
        process = PluginProcess(folder, environ, first, output, arguments)
        running.append(process)
        return process

    yield start_plugin
    for process in running:
        process.kill()
