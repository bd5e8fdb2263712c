"""A repository, a remote and a host for the tests of installing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stage7_plugin.host.stand_in.server import StandIn
from tests.support.install_place import InstallPlace, NoEngine


@pytest.fixture
def engine() -> NoEngine:
    return NoEngine()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstallPlace:
    return InstallPlace(tmp_path, monkeypatch)


@pytest.fixture
def host(place: InstallPlace, engine: NoEngine) -> Iterator[StandIn]:
    with StandIn(executor=engine) as stand_in:
        place.use(stand_in)
        yield stand_in
