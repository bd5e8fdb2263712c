"""Standard output that nobody reads: answers and health go on, lines are dropped and counted."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.plugin_process import SOON, PluginProcess, free_port
from tests.support.servers import Start
from tests.support.steps import until

DROPPED = "plugin_log_lines_dropped_total"
LONG = "x" * 60_000
SLOTS = 4


class Reader:
    """A process that copies a pipe to a file, for as long as it is let."""

    def __init__(self, file: Path) -> None:
        self.file = file
        reading, self.end = os.pipe()
        with file.open("wb") as copy:
            self.process = subprocess.Popen(["cat"], stdin=reading, stdout=copy)
        os.close(reading)

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    @property
    def lines(self) -> list[dict[str, object]]:
        text = self.file.read_text("utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1:] == "\n"]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path / "copy")
    yield reader
    os.close(reader.end)
    reader.process.kill()
    reader.process.wait()


@pytest.fixture(params=["pipe", "socket"])
def unread(request: pytest.FixtureRequest) -> Iterator[int]:
    """What nobody reads; only a pipe can be opened once more, so that it does not block."""
    if request.param == "pipe":
        ends = os.pipe()
    else:
        ends = tuple(end.detach() for end in socket.socketpair())  # type: ignore[assignment]
    yield ends[1]
    for end in ends:
        os.close(end)


def is_ready(plugin: PluginProcess) -> bool:
    """No line of the log says so."""
    return bool(plugin.get("/health")[0] == 200)


def fill(plugin: PluginProcess) -> None:
    """Log until lines are dropped."""
    for _ in range(60):
        assert plugin.execute({"do": "print", "value": LONG})[0] == 200
        if plugin.metric(DROPPED) > 0:
            return
    raise AssertionError("no line was dropped")


def goes_on(plugin: PluginProcess) -> None:
    """Every kind of answer, with what it logs."""
    for _ in range(20):
        assert plugin.execute({"do": "return value", "value": 1})[0] == 200
    assert plugin.execute({"do": "raise"})[0] == 500
    assert refused_and_past_their_deadline(plugin) == {429, 504}
    assert plugin.get("/health")[0] == 200
    until(lambda: plugin.metric("plugin_executions_in_flight") == 0)
    assert plugin.execute({"do": "return value"})[0] == 200


def refused_and_past_their_deadline(plugin: PluginProcess) -> set[int]:
    """Take all slots, again after each deadline, until five executions have been refused."""
    refused, end = 0, time.monotonic() + 60
    taken: list[Future[tuple[int, Any]]] = []
    with ThreadPoolExecutor(SLOTS) as pool:
        while refused < 5:
            assert time.monotonic() < end, "nothing is refused"
            if all(one.done() for one in taken):
                inputs = {"do": "sleep", "seconds": 3}
                taken += [pool.submit(plugin.execute, inputs) for _ in range(SLOTS)]
            status = plugin.execute({"do": "return value"})[0]
            assert status in (200, 429)
            refused += status == 429
            assert plugin.get("/health")[0] == 200
    return {429, *(one.result()[0] for one in taken)}


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_answers_and_the_end_do_not_depend_on_a_reader(start: Start, unread: int) -> None:
    plugin = start(output=unread, PLUGIN_PORT=free_port())
    until(lambda: is_ready(plugin))
    fill(plugin)
    goes_on(plugin)
    plugin.terminate()
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0


def test_a_reader_that_stops_for_a_while(start: Start, reader: Reader) -> None:
    plugin = start(output=reader.end, PLUGIN_PORT=free_port())
    until(lambda: is_ready(plugin))
    assert plugin.execute({"do": "return value"})[0] == 200
    reader.send(signal.SIGSTOP)
    fill(plugin)
    goes_on(plugin)
    assert plugin.threads() <= SLOTS + 2  # one a slot, the main one, and that of the log
    dropped = plugin.metric(DROPPED)
    reader.send(signal.SIGCONT)
    until(lambda: any("dropped" in line for line in reader.lines), seconds=20)
    (line,) = [line for line in reader.lines if "dropped" in line]
    assert line["dropped"] == dropped
    assert line["level"] == "WARNING"
    # From now on nothing is lost, the last line included.
    assert plugin.execute({"do": "return value"}, {"trace_id": "afterwards"})[0] == 200
    plugin.terminate()
    plugin.wait()
    until(lambda: any(line["message"] == "stopped" for line in reader.lines))
    assert any(line.get("trace_id") == "afterwards" for line in reader.lines)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_burst_waits_for_a_reader_that_reads(start: Start, reader: Reader) -> None:
    environ = {"PLUGIN_PORT": free_port(), "PLUGIN_TIMEOUT_MS": "60000"}
    plugin = start("careless.py", output=reader.end, **environ)
    until(lambda: is_ready(plugin))
    number = 120
    # Without waiting only 17 lines fit; on a busy machine the reader may be late, but not always.
    for _ in range(5):
        before = plugin.metric(DROPPED)
        assert plugin.execute({"do": "say", "value": f"{LONG}\n" * number})[0] == 200
        if plugin.metric(DROPPED) - before < number / 2:
            break
    else:
        raise AssertionError("most lines were dropped each time")
    plugin.terminate()
    plugin.wait()
    until(lambda: any("dropped" in line or line["message"] == "stopped" for line in reader.lines))
    assert sum(line["message"] == LONG for line in reader.lines) > number / 2


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_wrong_setting_with_a_full_pipe(start: Start, unread: int) -> None:
    os.set_blocking(unread, False)
    try:
        while True:
            os.write(unread, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(unread, True)
    plugin = start(output=unread, PLUGIN_PORT=free_port(), PLUGIN_TIMEOUT_MS="no")
    assert plugin.wait() < 2 * SOON
    assert plugin.process.returncode == 2


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_wrong_setting_is_reported_before_the_end(start: Start, reader: Reader) -> None:
    plugin = start(output=reader.end, PLUGIN_PORT=free_port(), PLUGIN_TIMEOUT_MS="no")
    plugin.wait()
    until(lambda: any("PLUGIN_TIMEOUT_MS" in str(line["message"]) for line in reader.lines))


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_reader_that_is_gone(start: Start) -> None:
    reading, end = os.pipe()
    plugin = start(output=end, PLUGIN_PORT=free_port())
    until(lambda: is_ready(plugin))
    os.close(end)
    assert plugin.execute({"do": "return value"})[0] == 200
    os.close(reading)
    goes_on(plugin)
    assert plugin.metric(DROPPED) > 20
    plugin.terminate()
    assert plugin.wait() < SOON


def test_nobody_gets_log_lines_through_a_closed_descriptor(start: Start) -> None:
    plugin = start("careless.py")
    assert plugin.execute({"do": "close standard output"})[0] == 200
    # The next connection has the lowest free number, which is that of standard output.
    with plugin.connect() as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        assert str(Path(f"/proc/{plugin.process.pid}/fd/1").readlink()).startswith("socket:")
        assert plugin.execute({"do": "say", "value": "for the log only"})[0] == 200
        plugin.wait_for_line(lambda line: line["message"] == "for the log only")
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = b""
        while data := client.recv(65536):
            received += data
    assert received.startswith(b"HTTP/1.1 200")
    assert b"for the log only" not in received
