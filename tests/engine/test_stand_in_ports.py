"""The stand-in publishes containers on the host's ports, also on one that another process holds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.host.stand_in.errors import Failure
from stage7_plugin.host.stand_in.execution import PORTS, Executor
from stage7_plugin.host.view import read_manifest
from tests.engine.conftest import containers

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that a process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    """One of the host's, from its upper end, where nothing else looks for one."""
    for port in reversed(PORTS):
        with socket.socket() as candidate:
            if candidate.connect_ex(("127.0.0.1", port)) != 0:
                return port
    pytest.fail("every port from 8080 to 8999 is taken")


def test_a_taken_port_costs_an_attempt_and_leaves_a_container(
    client: APIClient, plugin: Path, taken: int
) -> None:
    manifest, port = read_manifest(plugin / "manifest.json"), free_port()
    with closing(Executor(strict=False, ports=(taken, port))) as host:
        with pytest.raises(Failure, match="undefined"):
            host.execute(manifest, plugin, {"text": "hello"}, "trace-1")
        (left,) = containers(client, plugin)
        assert client.inspect_container(left)["State"]["Status"] == "created"

        for _ in range(2):  # the first port is never tried again, the other one is free again
            answer = host.execute(manifest, plugin, {"text": "hello"}, "trace-1")
            assert (answer[0]["name"], answer[0]["result"]) == ("result", "hello")
        assert containers(client, plugin) == [left]
    assert containers(client, plugin) == []


def test_what_went_wrong_is_reported_where_the_host_is_fixed(
    client: APIClient, plugin: Path, taken: int
) -> None:
    manifest = read_manifest(plugin / "manifest.json")
    with closing(Executor(strict=True, ports=(taken,))) as host:
        with pytest.raises(Failure, match=r"start: the container did not start: .*in use"):
            host.execute(manifest, plugin, {"text": "hello"}, "trace-1")
        with pytest.raises(Failure, match="No available ports in range"):
            host.execute(manifest, plugin, {"text": "hello"}, "trace-1")
    assert containers(client, plugin) == []
