"""A TypeScript plugin that may open few files: Node.js takes every connection that comes."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import Server, Start, starting
from tests.support.steps import answer_on, execution, still_works


@pytest.fixture
def start(tmp_path: Path, typescript_server: Server) -> Iterator[Start]:
    yield from starting(tmp_path, typescript_server)


def sleeping_at_once(port: int, number: int, seconds: float) -> list[int]:
    """The statuses of so many executions, each on a connection opened before all of them."""
    clients = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(number)]
    for client in clients:
        client.sendall(execution(do="sleep", seconds=seconds))
    statuses = [answer_on(client)[0] for client in clients]
    for client in clients:
        client.close()
    return statuses


def test_clients_without_a_descriptor_are_refused_and_others_answered(start: Start) -> None:
    few = ["sh", "-c", 'ulimit -n 40; exec "$@"', "sh"]
    plugin = start(first=few, PLUGIN_CONCURRENCY="64", PLUGIN_TIMEOUT_MS="20000")
    assert set(sleeping_at_once(plugin.port, 45, 0.3)) == {200, 503}
    still_works(plugin)


def test_an_execution_waits_where_no_further_thread_can_start(start: Start) -> None:
    plugin = start(PLUGIN_TIMEOUT_MS="20000")
    still_works(plugin)
    most = plugin.open_files() + 5  # enough for the clients, but not for a thread too
    resource.prlimit(plugin.process.pid, resource.RLIMIT_NOFILE, (most, most))
    assert sleeping_at_once(plugin.port, 4, 0.6) == [200] * 4
    assert any("no further thread: " in line["message"] for line in plugin.lines)
    still_works(plugin)
