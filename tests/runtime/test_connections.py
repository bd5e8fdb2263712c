"""What clients do to their connections while the server is at work on them."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.support.plugin_process import SOON, PluginProcess
from tests.support.servers import Start
from tests.support.steps import answer_on, execution, in_background, quick, still_works, until

PAGE = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
# Node parses all that it reads at once: 64 KiB of the shorter request take a tenth of a second.
LONG_PAGE = PAGE.replace(b"Host: a", b"Host: a\r\nX: " + b"x" * 500)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_client_that_closes_its_sending_half_gets_its_whole_answer(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_CONCURRENCY="64", PLUGIN_TIMEOUT_MS="20000")
    for _ in range(15):
        others = [plugin.connect() for _ in range(4)]
        connection = plugin.connect()
        connection.sendall(execution(do="large", seconds=6_000_000, value=0.03))
        time.sleep(0.01)
        for other in others:  # so that the socket thread has more to do when it ends
            other.sendall(PAGE * 300)
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.05)
        status, body = answer_on(connection)
        assert (status, len(body) > 6_000_000) == (200, True)
        for closed in (*others, connection):
            closed.close()


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_and_the_answers_to_all_that_it_sent_ahead(start: Start) -> None:
    plugin = start("careless.py")
    for _ in range(50):
        answers = plugin.raw(execution(do="return value", value=1) * 5)
        assert answers.count(b"HTTP/1.1 200 OK") == 5


def test_a_connection_is_not_idle_while_its_execution_runs(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_IDLE_SECONDS="2", PLUGIN_TIMEOUT_MS="20000")
    with plugin.connect() as connection:
        connection.sendall(execution(do="sleep", seconds=3))
        assert answer_on(connection)[0] == 200
        time.sleep(1.1)  # a round of the server, which looks for idle connections
        connection.sendall(execution(do="return value"))
        assert answer_on(connection)[0] == 200


@pytest.mark.parametrize("how", ["exit", "return"])
def test_a_forked_child_does_not_answer(start: Start, how: str) -> None:
    plugin = start("careless.py", PLUGIN_TIMEOUT_MS="20000")
    with plugin.connect() as connection:
        for _ in range(3):
            connection.sendall(execution(do="fork", value=how))
            status, body = answer_on(connection)
            assert (status, json.loads(body)["outputs"]) == (200, {"result": 1})


def test_an_end_is_seen_while_a_forked_child_lives(start: Start) -> None:
    plugin = start("careless.py", PLUGIN_IDLE_SECONDS="1")
    with plugin.connect() as connection:
        connection.sendall(execution(do="fork and go on", seconds=60))
        assert answer_on(connection)[0] == 200
        started = time.monotonic()
        assert connection.recv(1) == b""
        assert time.monotonic() - started < SOON


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_what_was_sent_before_the_end_is_answered(start: Start) -> None:
    plugin = start("careless.py")
    port = plugin.port
    # Held, so that all of it waits for the server when the signal comes.
    plugin.process.send_signal(signal.SIGSTOP)
    connections = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(50)]
    for connection in connections:
        connection.sendall(execution(do="return value"))
    time.sleep(0.1)
    plugin.terminate()
    plugin.process.send_signal(signal.SIGCONT)
    assert {answer_on(connection)[0] for connection in connections} <= {200, 503}
    for connection in connections:
        connection.close()
    assert plugin.wait() < SOON


def flood(plugin: PluginProcess, stop: threading.Event) -> None:
    """Ask ahead for pages, as fast as they are answered."""
    with plugin.connect() as connection:
        connection.settimeout(1)
        reader = threading.Thread(target=read_everything, args=(connection, stop))
        reader.start()
        try:
            while not stop.is_set():
                connection.sendall(LONG_PAGE * 100)
        except OSError:
            pass
        reader.join()


def read_everything(connection: socket.socket, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection.recv(1 << 20)
        except OSError:
            return


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_clients_that_ask_ahead_do_not_keep_health_waiting(start: Start) -> None:
    plugin = start("careless.py")
    stop = threading.Event()
    floods = [in_background(lambda: flood(plugin, stop)) for _ in range(4)]
    time.sleep(0.5)
    try:
        for _ in range(5):
            quick(plugin)
    finally:
        stop.set()
    for end in floods:
        end()


@pytest.mark.parametrize("what", ["broken answers", "broken reading"])
def test_a_connection_that_breaks_takes_nobody_along(start: Start, what: str) -> None:
    plugin = start("careless.py", AT_IMPORT=what)
    for request in (PAGE, execution(do="return value")):
        with plugin.connect() as connection:
            connection.sendall(request)
            assert connection.recv(1) == b""
    still_works(plugin)
    assert plugin.metric("plugin_executions_in_flight") == 0
    plugin.terminate()
    assert plugin.wait() < SOON


def test_what_no_thread_has_begun_before_its_deadline_is_not_done(
    start: Start, tmp_path: Path
) -> None:
    plugin = start("careless.py", AT_IMPORT="one thread", PLUGIN_TIMEOUT_MS="1000")
    go_on = tmp_path / "go on"
    inputs = {"do": "wait for a file", "value": str(go_on)}
    first = in_background(lambda: plugin.execute(inputs))
    plugin.wait_for_line(lambda line: line["message"] == "waiting")
    second = plugin.execute(inputs)  # while the only thread waits
    assert (first()[0], second[0]) == (504, 504)
    go_on.touch()
    until(lambda: plugin.metric("plugin_executions_in_flight") == 0)
    still_works(plugin)
    assert [line["message"] for line in plugin.lines].count("waiting") == 1


@pytest.mark.go_too
def test_executions_that_wait_for_a_file_descriptor_are_not_cut_off(start: Start) -> None:
    few = ["sh", "-c", 'ulimit -n 40; exec "$@"', "sh"]
    plugin = start("careless.py", first=few, PLUGIN_CONCURRENCY="64", PLUGIN_TIMEOUT_MS="20000")
    port = plugin.port
    connections = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(45)]
    for connection in connections:
        connection.sendall(
            execution(do="sleep", seconds=1).replace(b"Host: a", b"Host: a\r\nConnection: close")
        )
    assert {answer_on(connection)[0] for connection in connections} == {200}
    for connection in connections:
        connection.close()
    still_works(plugin)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_an_idle_connection_makes_room_where_file_descriptors_are_few(start: Start) -> None:
    plugin = start("careless.py", first=["sh", "-c", 'ulimit -n 40; exec "$@"', "sh"])
    port = plugin.port
    idle = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
    quick(plugin)
    assert len(idle) == 60


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_an_empty_line_behind_a_body_begins_no_request(start: Start) -> None:
    """Some clients send one; a request must arrive within its time, an idle client may wait."""
    plugin = start("careless.py", PLUGIN_REQUEST_SECONDS="1")
    with plugin.connect() as connection:
        connection.sendall(execution(do="return value") + b"\r\n")
        assert answer_on(connection)[0] == 200
        time.sleep(2.5)
        connection.sendall(execution(do="return value"))
        assert answer_on(connection)[0] == 200


def test_garbage_is_collected_once_everything_is_imported(start: Start) -> None:
    assert start("careless.py").execute({"do": "collects"})[1]["outputs"] == {"result": True}


def test_a_full_pipe_that_does_not_wait_takes_no_line(start: Start) -> None:
    plugin = start("careless.py")
    assert plugin.execute({"do": "full pipe"})[0] == 200
    still_works(plugin)
