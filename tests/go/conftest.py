"""A Go plugin whose logic does what a test's inputs ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.runtime.conftest import Start
from tests.runtime.plugin_process import PluginProcess, write_manifest
from tests.support import go


@pytest.fixture(scope="session")
def obedient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, compiled once."""
    folder = tmp_path_factory.mktemp("obedient")
    go.build(folder, go.TESTS / "obedient.go")
    return folder / "plugin"


@pytest.fixture
def start(tmp_path: Path, obedient: Path) -> Iterator[Start]:
    """As the fixture of the Python server's tests, whatever logic they name."""
    running: list[PluginProcess] = []

    def start_plugin(
        _logic: str = "",
        manifest: dict[str, object] | None = None,
        first: Sequence[str] = (),
        output: int | None = None,
        arguments: Sequence[str] = (),
        **environ: str,
    ) -> PluginProcess:
        folder = tmp_path / f"plugin-{len(running)}"
        folder.mkdir()
        program = folder / "plugin"
        program.hardlink_to(obedient)
        write_manifest(folder, manifest or {})
        command = (*first, str(program), *arguments)
        process = PluginProcess(folder, environ, output=output, command=command)
        running.append(process)
        return process

    yield start_plugin
    for process in running:
        process.kill()
