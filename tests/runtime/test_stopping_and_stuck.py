"""SIGTERM while clients misbehave, executions that never end, and a slow import."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from benchmarks.attacks import CHUNKED, HEAD
from tests.support.plugin_process import SOON, PluginProcess
from tests.support.servers import Start
from tests.support.steps import answer_on, busy, execution, in_background, quick, still_works, until

HEALTH = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize(
    "part",
    [
        HEAD + b"Content-Length: 1000000\r\n\r\n{" + b" " * 300_000,
        CHUNKED + b"10\r\n" + b" " * 10,
        b"POST /execute HTTP/1.1\r\nHo",
    ],
    ids=["body", "chunks", "header"],
)
def test_an_upload_is_answered_503_when_the_server_stops(start: Start, part: bytes) -> None:
    plugin = start("careless.py")
    with plugin.connect() as connection:
        connection.sendall(part)
        quick(plugin)  # so it has been accepted
        time.sleep(0.3)
        plugin.terminate()
        status, body = answer_on(connection)
    assert status == 503
    assert b"stopping" in body
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_what_arrived_before_sigterm_is_answered(start: Start) -> None:
    plugin = start("careless.py")
    with ExitStack() as open_ones:
        clients = [open_ones.enter_context(plugin.connect()) for _ in range(3)]
        for known in clients:
            known.sendall(HEALTH)
            assert answer_on(known)[0] == 200
        plugin.process.send_signal(signal.SIGSTOP)  # all of this has arrived when it looks
        clients += [open_ones.enter_context(plugin.connect()) for _ in range(3)]
        for client in clients:
            client.sendall(HEALTH)
        plugin.terminate()
        plugin.process.send_signal(signal.SIGCONT)
        assert {answer_on(client)[0] for client in clients} <= {200, 503}
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_clients_that_go_on_sending_do_not_hold_the_stop(start: Start) -> None:
    plugin = start("careless.py")
    still_works(plugin)
    stop = threading.Event()

    def send() -> None:
        with plugin.connect() as connection, suppress(OSError):
            connection.sendall(HEAD + b"Content-Length: 16000000\r\n\r\n")
            while not stop.is_set():
                connection.sendall(b" " * 1000)
                time.sleep(0.01)

    def connect_again_and_again() -> None:
        while not stop.is_set():
            with suppress(OSError), plugin.connect() as connection:
                connection.sendall(HEALTH)
                connection.recv(100)

    clients = [in_background(send), in_background(connect_again_and_again)]
    time.sleep(0.5)
    plugin.terminate()
    try:
        assert plugin.wait() < SOON
    finally:
        stop.set()
    for end in clients:
        end()


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_client_that_never_reads_does_not_hold_the_stop(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="20000")
    with plugin.connect() as connection:
        connection.sendall(execution(do="large", seconds=16_000_000))
        assert connection.recv(1) == b"H"
        plugin.terminate()
        assert plugin.wait() < SOON


@pytest.mark.go_too
def test_health_fails_once_every_slot_is_stuck_for_long(start: Start) -> None:
    plugin = start(PLUGIN_CONCURRENCY="2", PLUGIN_TIMEOUT_MS="500", PLUGIN_STUCK_SECONDS="4")
    waiting = busy(plugin, 1, do="sleep", seconds=60)
    assert waiting[0]()[0] == 504
    time.sleep(4.5)
    assert pages(plugin) == (200, 200, 200), "one slot is free"
    assert plugin.execute({"do": "sleep", "seconds": 60})[0] == 504
    assert pages(plugin) == (200, 200, 503), "executions are refused, but it may recover"
    until(lambda: pages(plugin) == (503, 503, 503))
    assert plugin.get("/health/live")[1]["status"] == "stuck"


def pages(plugin: PluginProcess) -> tuple[int, ...]:
    return tuple(plugin.get(page)[0] for page in ("/health", "/health/live", "/health/ready"))


def test_a_slow_import_is_answered_starting(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    go_on = tmp_path / "go on"
    environ = {"AT_IMPORT": "wait for a file", "FILE": str(go_on), "PLUGIN_PORT": str(port)}
    plugin = start("careless.py", **environ)
    plugin.wait_for_line(lambda line: line["message"] == "importing")

    def health() -> tuple[int, str]:
        # Its port is logged only once the import has ended.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/health")
        response = connection.getresponse()
        return response.status, json.loads(response.read())["status"]

    assert health() == (503, "starting")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(execution(do="return value"))
        status, body = answer_on(connection)
        assert (status, b"starting" in body) == (503, True)
    assert "address" not in plugin.log, "the import had ended already"
    go_on.touch()
    until(lambda: health() == (200, "healthy"))
    still_works(plugin)
    plugin.terminate()
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0
