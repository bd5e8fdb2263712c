"""Clients that send too much, too slowly or in too small pieces, and that take no answer.

The same attacks run on containers with little memory in `tests/engine/test_resilience.py`, and for
longer with `make bench BENCH=--abuse`.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.attacks import CHUNKED, HEAD, SHAPES, body_of, request_of
from tests.support.plugin_process import SOON, PluginProcess
from tests.support.servers import Start
from tests.support.steps import answer_on, execution, in_background, still_works, until

MIB = 1024 * 1024
LITTLE = {"python": 48 * MIB, "go": 48 * MIB, "typescript": 160 * MIB}
"""The least memory that the server of a language is promised to work with, in bytes."""


def peak_of(plugin: PluginProcess) -> int:
    """The most memory that the process has ever had, in bytes (Linux)."""
    status = Path(f"/proc/{plugin.process.pid}/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def processor_seconds(plugin: PluginProcess) -> float:
    """Processor time of the process (Linux)."""
    fields = Path(f"/proc/{plugin.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Little:
    """Starts a server with the least memory of its language."""

    def __init__(self, start: Start, language: str) -> None:
        self._start = start
        self.memory = LITTLE[language]
        self.text = (6 if language == "typescript" else 4) * MIB  # of which one fits, but not two
        # As in the image.
        self._environ = {"MALLOC_MMAP_THRESHOLD_": "1048576"}
        if language == "typescript":
            self._environ = {
                "MALLOC_MMAP_THRESHOLD_": "262144",
                "NODE_OPTIONS": "--max-semi-space-size=2",
            }

        self.peak_of = PluginProcess.own_memory if language == "typescript" else peak_of

    def start(self, **environ: str) -> PluginProcess:
        environ = {"PLUGIN_MEMORY_BYTES": str(self.memory), **self._environ, **environ}
        return self._start("careless.py", **{"PLUGIN_TIMEOUT_MS": "20000", **environ})


@pytest.fixture
def little(request: pytest.FixtureRequest, start: Start) -> Little:
    """The server of a language, that of Python unless a test says otherwise."""
    chosen = getattr(request.node, "callspec", None)
    return Little(start, chosen.params.get("start", "python") if chosen else "python")


def post_all(plugin: PluginProcess, body: bytes, clients: int) -> Counter[int]:
    waiting = [in_background(lambda: plugin.post(body)) for _ in range(clients)]
    return Counter(wait()[0] for wait in waiting)


@pytest.mark.go_too
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_json_takes_more_than_the_memory(little: Little, shape: str) -> None:
    plugin = little.start()
    statuses = post_all(plugin, execution_with(body_of(shape, 5 * MIB)), 2)
    statuses += post_all(plugin, execution_with(body_of(shape, MIB // 2)), 4)
    assert set(statuses) <= {200, 413, 429}
    assert little.peak_of(plugin) < little.memory
    still_works(plugin)


def execution_with(body: bytes) -> bytes:
    return body.replace(b'"text":"a"', b'"do":"return value"', 1)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_body_that_never_fits_is_413_and_one_that_does_not_fit_now_is_429(little: Little) -> None:
    plugin = little.start(PLUGIN_MAX_BODY_BYTES=str(16 * MIB))
    status, answer = plugin.post(execution_with(body_of("short objects", little.text * 5 // 8)))
    assert status == 413
    assert "MiB of memory" in answer["error"]
    text = execution_with(body_of("one text", little.text)).replace(b"return value", b"sleep")
    slow = text.replace(b'"more"', b'"seconds":2,"more"', 1)
    waiting = in_background(lambda: plugin.post(slow))
    plugin.wait_for_line(lambda line: line["message"] == "sleeping")
    status, headers, answer = plugin.request("POST", "/execute", text)
    assert (status, headers["retry-after"]) == (429, "1")
    assert "memory" in answer["error"]
    assert plugin.metric('plugin_executions_total{outcome="busy"}') == 1
    assert waiting()[0] == 200
    assert plugin.post(slow)[0] == 200, "its memory came back"


@pytest.mark.typescript_too
def test_memory_comes_back_from_an_execution_past_its_deadline(little: Little) -> None:
    plugin = little.start(PLUGIN_TIMEOUT_MS="500")
    body = execution_with(body_of("one text", 3 * MIB)).replace(b"return value", b"sleep")
    body = body.replace(b'"more"', b'"seconds":1,"more"', 1)
    for _ in range(4):
        assert plugin.post(body)[0] == 504
        until(lambda: plugin.metric("plugin_executions_in_flight") == 0)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_stalled_uploads_give_way(little: Little) -> None:
    plugin = little.start()
    upload = request_of(execution_with(body_of("one text", 4 * MIB)))[:-10]
    stalled = [plugin.connect() for _ in range(8)]
    for connection in stalled:
        with suppress(OSError):
            connection.sendall(upload)
    until(lambda: plugin.post(execution_with(body_of("one text", 4 * MIB)))[0] == 200)
    assert little.peak_of(plugin) < little.memory
    assert {answer_on(connection)[0] for connection in stalled[:1]} == {429}
    for connection in stalled:
        connection.close()


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_answers_that_nobody_takes_give_way(little: Little) -> None:
    plugin = little.start()
    unread = []
    for _ in range(16):
        unread.append(plugin.connect())
        unread[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        unread[-1].sendall(execution(do="large", seconds=5 * MIB))
        unread[-1].recv(1, socket.MSG_PEEK)
    assert little.peak_of(plugin) < 2 * little.memory  # the plugin's own texts are on top
    until(lambda: plugin.execute({"do": "large", "seconds": 5 * MIB})[0] == 200)
    for connection in unread:
        connection.close()


@pytest.mark.go_too
def test_an_answer_that_is_larger_than_the_memory_is_not_written(little: Little) -> None:
    plugin = little.start(PLUGIN_MAX_OUTPUT_BYTES=str(64 * MIB))
    status, answer = plugin.execute({"do": "large", "seconds": 12 * MIB})
    assert status == 500
    assert "too large" in answer["error"]
    still_works(plugin)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_slow_reader_is_closed(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_ANSWER_SECONDS="1", PLUGIN_TIMEOUT_MS="20000")
    plugin.wait_for_line(lambda line: "address" in line)
    before = plugin.open_files()
    with plugin.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        until(lambda: plugin.open_files() > before)
        connection.sendall(execution(do="large", seconds=16 * MIB))
        assert connection.recv(1) == b"H"

        connection.settimeout(0.05)

        def is_closed() -> bool:
            with suppress(OSError):
                connection.recv(1024)
            return plugin.open_files() <= before

        until(is_closed)
    still_works(plugin)


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize("size", [1, 2])
def test_chunks_that_outweigh_their_data_are_refused(running: Start, size: int) -> None:
    chunk = b"%x\r\n%b\r\n" % (size, b"1" * size)
    answer = running("careless.py").raw(CHUNKED + chunk * 20_000 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"line overhead" in answer


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_short_body_may_come_in_chunks_of_one_byte(running: Start) -> None:
    body = b'{"inputs": {"do": "return value", "value": "' + b"x" * 3000 + b'"}}'
    chunks = b"".join(b"1;note\r\n%c\r\n" % byte for byte in body[:500])
    chunks += b"".join(b"1\r\n%c\r\n" % byte for byte in body[500:])
    assert running("careless.py").raw(CHUNKED + chunks + b"0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.go_too
def test_many_bodies_in_small_chunks_do_not_keep_health_waiting(start: Start) -> None:
    plugin = start("careless.py")
    port, stop = plugin.port, threading.Event()
    chunk = b"6\r\n123456\r\n" * 5000

    def send() -> None:
        while not stop.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(CHUNKED)
                while not stop.is_set():
                    connection.sendall(chunk)

    clients = [in_background(send) for _ in range(16)]
    seconds = []
    try:
        for _ in range(10):
            started = time.monotonic()
            assert plugin.get("/health")[0] == 200
            seconds.append(time.monotonic() - started)
    finally:
        stop.set()
    for end in clients:
        end()
    assert max(seconds) < SOON


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_dripping_clients_make_room_where_file_descriptors_are_few(start: Start) -> None:
    plugin = start("careless.py", first=["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"])
    port, stop = plugin.port, threading.Event()

    def drip() -> None:
        while not stop.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(HEAD + b"X: ")
                while not stop.is_set():
                    connection.sendall(b"x")
                    time.sleep(0.1)

    clients = [threading.Thread(target=drip, daemon=True) for _ in range(80)]
    for client in clients:
        client.start()
    time.sleep(1)
    try:
        for _ in range(3):
            started = time.monotonic()
            assert plugin.get("/health")[0] == 200
            assert time.monotonic() - started < SOON
    finally:
        stop.set()


@pytest.mark.typescript_too
@pytest.mark.go_too
@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /health HTTP/1.1\n", b"GET /health HTTP/1.1\r\nHost: a\n", b"GET\n\n"],
)
def test_a_line_without_cr_is_refused_at_once(running: Start, request_bytes: bytes) -> None:
    with running("careless.py").connect() as connection:
        connection.settimeout(SOON)
        connection.sendall(request_bytes)
        assert answer_on(connection)[0] == 400


@pytest.mark.go_too
@pytest.mark.parametrize(
    ("encoding", "status"), [("Identity", 200), ("", 200), ("identity", 200), ("br", 415)]
)
def test_the_identity_encoding_in_every_spelling(
    running: Start, encoding: str, status: int
) -> None:
    body = json.dumps({"inputs": {"do": "return value"}}).encode()
    assert running("careless.py").post(body, Content_Encoding=encoding)[0] == status


def test_an_idle_server_waits_and_a_busy_one_does_not_poll(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="20000")
    still_works(plugin)
    before = processor_seconds(plugin)
    time.sleep(3)
    assert processor_seconds(plugin) - before < 0.5
    with plugin.connect() as connection:  # a large answer first, which the client takes slowly
        connection.sendall(
            execution(do="large", seconds=8 * MIB) + execution(do="sleep", seconds=3)
        )
        time.sleep(0.2)
        assert answer_on(connection)[0] == 200
        before = processor_seconds(plugin)
        assert connection.recv(1, socket.MSG_PEEK) == b"H"
        assert processor_seconds(plugin) - before < 1


def test_one_thread_serves_executions_that_follow_each_other(start: Start) -> None:
    plugin = start("careless.py")
    for _ in range(20):
        still_works(plugin)
    threads = len(list(Path(f"/proc/{plugin.process.pid}/task").iterdir()))
    # A few may be on their way back to the pool when the next execution starts; one each is 22.
    assert threads < 10, "a thread for each execution"


def test_idle_threads_are_counted_once(start: Start) -> None:
    """Counted twice, an execution waits for a thread that is not there."""
    plugin = start(PLUGIN_TIMEOUT_MS="20000", PLUGIN_CONCURRENCY="8")
    for _ in range(5):
        plugin.execute({"do": "return value"})
    waiting = [in_background(lambda: plugin.execute({"do": "meet", "seconds": 10})) for _ in "1234"]
    assert [wait()[0] for wait in waiting] == [200] * 4
    threads = len(list(Path(f"/proc/{plugin.process.pid}/task").iterdir()))
    # As above; one each is 11.
    assert threads < 10
