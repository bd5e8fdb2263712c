"""What the tests of the Python server share; some of them the others keep too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime import runtime_modules
from tests.runtime.in_process import TIMED, Clock, Place, Selector, http_server
from tests.support.servers import Running, Start, running_ones, starting


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `go_too` or `typescript_too` with these servers, beside Python's."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    others = [language for language in ("typescript", "go") if f"{language}_too" in marks]
    if others:
        fixture = "running" if "running" in metafunc.fixturenames else "start"
        metafunc.parametrize(fixture, ["python", *others], indirect=True)


@pytest.fixture
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Starts the server of a language, that of Python unless a test says otherwise."""
    language = getattr(request, "param", "python")
    yield from starting(tmp_path, request.getfixturevalue(f"{language}_server"))


@pytest.fixture
def running(request: pytest.FixtureRequest, all_running: Running) -> Iterator[Start]:
    """As `start`, but the server may have run for other tests already, and runs on."""
    yield from running_ones(request, all_running)


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
