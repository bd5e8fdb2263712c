"""Requests and answers on one connection, step by step: what the socket thread does next."""

from __future__ import annotations

import json
import selectors
import socket
import struct
from types import SimpleNamespace
from typing import Any

import pytest

from tests.runtime.in_process import GET, MIB, Place, is_closed, received

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
EXECUTE = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
UPLOAD = b"POST /page HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b"


def statuses(answers: bytes) -> list[int]:
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def error_of(answer: bytes) -> str:
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["error"])


@pytest.mark.parametrize(("ahead", "at_once", "later"), [(15, 15, 0), (16, 16, 0), (20, 16, 4)])
def test_16_requests_of_a_client_before_the_others_have_their_turn(
    place: Place, ahead: int, at_once: int, later: int
) -> None:
    client, connection = place.let_in(GET * ahead)
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [200] * at_once
    if at_once < 16:
        assert not place.exchange.waiting
    else:
        assert connection.events == 0, "what has arrived would only grow"
        assert list(place.exchange.waiting) == [connection]
        place.exchange.attend(place.exchange.waiting.popleft())
        assert statuses(received(client)) == [200] * later
    assert connection.events == READ
    assert not place.exchange.waiting


def test_a_connection_that_was_closed_meanwhile_is_left_alone(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    _, connection = place.let_in(GET)
    place.connections.close(connection)
    place.exchange.attend(connection, READ)
    assert not caplog.records


def test_a_connection_that_breaks_is_closed_and_logged(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = log_of(monkeypatch)
    client, connection = place.let_in(GET)
    connection.parser = None
    place.exchange.attend(connection, READ)
    assert is_closed(client)
    assert ["a connection broke" in line for line in logged] == [True]


def log_of(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lines that the exchange logs; its logger has handlers of its own."""
    from tests.runtime.in_process import exchange

    logged: list[str] = []

    def error(text: str, *arguments: object, **_: object) -> None:
        logged.append(text % arguments)

    monkeypatch.setattr(exchange, "logger", SimpleNamespace(error=error))
    return logged


def test_what_is_sent_while_an_execution_runs_stays_where_it_is(place: Place) -> None:
    client, connection = place.let_in(EXECUTE)
    place.exchange.attend(connection, READ)
    assert (connection.busy, connection.events) == (True, READ)
    place.exchange.attend(connection)
    assert connection.events == READ, "nothing has been sent ahead"
    client.sendall(GET)
    place.exchange.attend(connection, READ)
    assert connection.events == 0, "it would be reported again and again"
    assert connection.parser.size == 0
    place.executor.finish()
    assert statuses(received(client)) == [200]
    assert list(place.exchange.waiting) == [connection]
    place.exchange.attend(place.exchange.waiting.popleft())
    assert connection.events == READ
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [200]


def test_an_execution_that_is_answered_leaves_nothing_to_do(place: Place) -> None:
    client, connection = place.let_in(EXECUTE)
    place.exchange.attend(connection, READ)
    place.clock.now += 2
    place.executor.finish()
    assert statuses(received(client)) == [200]
    assert (connection.busy, connection.events, connection.active) == (False, READ, 1002.0)
    assert not place.exchange.waiting


@pytest.mark.parametrize("left", ["a request", "an answer", "the end"])
def test_an_execution_that_leaves_something_to_do_says_so(place: Place, left: str) -> None:
    end = EXECUTE.replace(b"Host: a", b"Host: a\r\nConnection: close")
    sent = {"a request": EXECUTE + GET, "an answer": EXECUTE, "the end": end}[left]
    place.app.body = b"x" * (16 * MIB if left == "an answer" else 2)
    _, connection = place.let_in(sent, takes=4096)
    place.exchange.attend(connection, READ)
    assert connection.busy
    place.executor.finish()
    assert list(place.exchange.waiting) == [connection]
    assert place.server._wake_reader.recv(100) == b"\0", "the socket thread may be waiting"
    assert not connection.busy


def test_the_next_request_waits_until_the_answer_is_taken(place: Place) -> None:
    place.app.body = b"x" * (8 * MIB)
    client, connection = place.let_in(GET + GET)
    place.exchange.attend(connection, READ)
    assert connection.events == WRITE
    assert (len(place.app.jobs), place.budget.used) == (1, 8 * MIB)
    answers, rounds = b"", 0
    while answers.count(b"x") < 16 * MIB:
        answers += received(client)
        if connection.unsent:
            place.clock.now += 1
            place.exchange.attend(connection, WRITE)
            assert connection.active == place.clock.now
            rounds += 1
            assert rounds < 100_000
    assert (statuses(answers), len(place.app.jobs)) == ([200, 200], 2)
    assert (connection.events, place.budget.used) == (READ, 0)


def test_the_end_of_a_client(place: Place) -> None:
    quiet, left, cut = (place.let_in() for _ in range(3))
    left[0].shutdown(socket.SHUT_WR)
    cut[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    cut[0].close()
    for _, connection in (quiet, left, cut):
        place.exchange.attend(connection, READ)
    open_now = [connection in place.connections for _, connection in (quiet, left, cut)]
    assert open_now == [True, False, False]


def test_what_a_client_sends_behind_its_last_answer_is_not_kept(place: Place) -> None:
    client, connection = place.let_in(b"NONSENSE\r\n\r\n")
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [400]
    assert (connection.lingering, connection.events) == (True, READ)
    place.clock.now += 1
    client.sendall(GET * 10)
    place.exchange.attend(connection, READ)
    assert (connection.parser.size, connection.active) == (0, 1000.0)
    assert place.app.jobs == []
    client.close()
    place.exchange.attend(connection, READ)
    assert connection not in place.connections


def test_a_part_of_a_request_is_counted_and_awaited(place: Place) -> None:
    client, connection = place.let_in(UPLOAD % (9000, b"x" * 8000))
    place.clock.now += 3
    place.exchange.attend(connection, READ)
    assert (connection.active, connection.events) == (1003.0, READ)
    head = len(UPLOAD % (9000, b""))
    assert place.budget.used == connection.memory.size == head + 8000
    client.sendall(b"x" * 1000 + UPLOAD % (9000, b"y" * 7000))
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [200]
    assert place.budget.used == connection.memory.size == head + 7000
    assert connection.parser.size == 7000


def test_without_memory_the_stalled_request_goes_first(place: Place) -> None:
    place.budget.size = 100_000
    stalled, moving = (place.let_in(UPLOAD % (90_000, b"x" * 40_000)) for _ in range(2))
    for _, connection in (stalled, moving):
        place.exchange.attend(connection, READ)
    stalled[1].active -= 2
    newest = place.let_in(UPLOAD % (90_000, b"x" * 40_000))
    place.exchange.attend(newest[1], READ)
    assert statuses(received(newest[0])) == []
    refused = received(stalled[0])
    assert statuses(refused) == [429]
    assert b"Retry-After: 1\r\n" in refused
    assert "memory is taken" in error_of(refused)
    sizes = [connection.memory.size for _, connection in (stalled, newest, moving)]
    assert (sizes[0], sizes[1] == sizes[2] > 40_000) == (0, True)
    assert place.budget.used == 2 * sizes[1]
    # Now nobody is stalled, so it is the newest that has to go.
    last = place.let_in(UPLOAD % (90_000, b"x" * 40_000))
    place.exchange.attend(last[1], READ)
    assert statuses(received(last[0])) == [429]
    assert place.budget.used == 2 * sizes[1]


def test_what_never_fits_is_refused_and_nobody_else(place: Place) -> None:
    place.budget.size = 60_000
    stalled = place.let_in(UPLOAD % (30_000, b"x" * 20_000))
    place.exchange.attend(stalled[1], READ)
    stalled[1].active -= 2
    large = place.let_in(UPLOAD % (90_000, b"x" * 60_000))
    place.exchange.attend(large[1], READ)
    refused = received(large[0])
    assert statuses(refused) == [413]
    assert b"Retry-After" not in refused
    assert (place.budget.used > 20_000, is_closed(stalled[0])) == (True, False)


@pytest.mark.parametrize(("status", "again"), [(413, False), (429, True), (503, True)])
def test_a_request_that_is_refused_is_forgotten(place: Place, status: int, again: bool) -> None:
    client, connection = place.let_in(UPLOAD % (9000, b"x" * 8000))
    place.exchange.attend(connection, READ)
    place.exchange.refuse(connection, status, "Not now.")
    answer = received(client)
    assert (statuses(answer), error_of(answer)) == ([status], "Not now.")
    assert (b"Retry-After: 1\r\n" in answer) == again
    assert b"Connection: close\r\n" in answer
    assert (connection.parser.size, place.budget.used) == (0, 0)
    assert (connection.closing, connection.lingering) == (True, True)


def test_who_waits_for_a_word_before_the_body_gets_it_once(place: Place) -> None:
    head = UPLOAD.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n") % (3, b"")
    client, connection = place.let_in(head)
    place.exchange.attend(connection, READ)
    assert received(client) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"a")
    place.exchange.attend(connection, READ)
    assert received(client) == b""
    client.sendall(b"bc")
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [200]


def test_a_server_that_stops_answers_and_says_that_it_ends(place: Place) -> None:
    client, connection = place.let_in(GET * 2)
    place.app.stops = True
    place.exchange.attend(connection, READ)
    answer = received(client)
    assert statuses(answer) == [200]
    assert b"Connection: close\r\n" in answer
    assert connection.lingering


def test_without_a_slot_the_endpoint_answers_itself(place: Place) -> None:
    place.executor.is_full = True
    client, connection = place.let_in(
        EXECUTE.replace(b"2\r\n\r\n{}", b"5000\r\n\r\n" + b" " * 5000)
    )
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [200]
    assert (place.app.jobs, connection.busy, place.budget.used) == ([None], False, 0)
    assert connection.events == READ


def test_an_execution_past_its_deadline_has_one_answer(place: Place) -> None:
    body = EXECUTE.replace(b"2\r\n\r\n{}", b"5000\r\n\r\n" + b" " * 5000)
    client, connection = place.let_in(body)
    place.exchange.attend(connection, READ)
    assert place.budget.used > 5000
    place.executor.give_up()
    answer = received(client)
    assert statuses(answer) == [504]
    assert b"Connection: close\r\n" in answer
    assert (connection.busy, connection.lingering) == (False, True)
    assert place.budget.used > 5000, "its inputs are still there"
    place.executor.finish()
    assert place.app.jobs == [], "it had not begun, and nobody waits for it"
    assert (received(client), place.budget.used) == (b"", 0)


def test_an_execution_whose_deadline_comes_while_it_runs_is_not_answered_twice(
    place: Place,
) -> None:
    client, connection = place.let_in(EXECUTE)
    place.exchange.attend(connection, READ)
    answer = place.app.answer

    def slowly(request: Any, job: Any) -> Any:
        place.executor.jobs.append((None, late, job))
        place.executor.give_up()
        return answer(request, job)

    _, late, _ = place.executor.jobs[0]
    place.app.answer = slowly  # type: ignore[method-assign]
    place.executor.finish()
    assert statuses(received(client)) == [504]
    assert not place.exchange.waiting


@pytest.mark.parametrize("late", [True, False])
def test_an_execution_whose_answer_cannot_be_made(
    place: Place, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    logged = log_of(monkeypatch)
    place.app.broken = True
    client, connection = place.let_in(EXECUTE)
    place.exchange.attend(connection, READ)
    _, _, job = place.executor.jobs[0]
    job.finish = lambda: not late
    place.executor.finish()
    answer = received(client)
    assert statuses(answer) == ([] if late else [500])
    assert late or "see the log" in error_of(answer)
    assert logged == ["no answer to /execute: RuntimeError: no answer can be made"]


def test_a_page_that_breaks(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    log_of(monkeypatch)
    place.app.broken = True
    client, connection = place.let_in(GET)
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [500]
    assert connection.events == READ


def test_head_is_answered_without_a_body(place: Place) -> None:
    for size in (2, 100_000):
        place.app.body = b"x" * size
        client, connection = place.let_in(GET.replace(b"GET", b"HEAD"))
        place.exchange.attend(connection, READ)
        answer = received(client)
        assert answer.endswith(b"\r\n\r\n")
        assert b"Content-Length: %d\r\n" % size in answer


@pytest.mark.parametrize(("size", "counted"), [(65536, 0), (65537, 65537)])
def test_a_large_answer_is_counted_until_it_is_taken(place: Place, size: int, counted: int) -> None:
    place.app.body = b"x" * size
    _, connection = place.let_in(GET)
    connection.socket = SimpleNamespace(
        send=would_block, sendmsg=would_block, recv=connection.socket.recv,
        fileno=connection.socket.fileno, shutdown=lambda how: None, close=lambda: None,
    )  # fmt: skip
    place.exchange._read(connection)
    place.exchange._advance(connection)
    assert (len(connection.unsent) > size, place.budget.used) == (True, counted)


def would_block(*_: object) -> int:
    raise BlockingIOError


def test_an_answer_for_which_there_is_no_memory(place: Place) -> None:
    place.app.body = b"x" * 200_000
    place.budget.size = 100_000
    client, connection = place.let_in(GET)
    place.exchange.attend(connection, READ)
    answer = received(client)
    assert statuses(answer) == [503]
    assert b"Retry-After: 1\r\n" in answer
    assert error_of(answer) == "The answer has 200000 bytes; there is no memory for it."
    assert not connection.closing


def test_an_answer_that_cannot_be_written_ends_the_connection(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = log_of(monkeypatch)
    client, connection = place.let_in(GET)
    place.app.body = None  # type: ignore[assignment]
    place.exchange.attend(connection, READ)
    assert (connection.closing, is_closed(client)) == (True, True)
    assert ["an answer cannot be sent" in line for line in logged] == [True]


@pytest.mark.parametrize(
    ("version", "option", "header"),
    [
        (b"1.1", b"X: y", b""),
        (b"1.1", b"Connection: close", b"Connection: close"),
        (b"1.0", b"Connection: keep-alive", b"Connection: keep-alive"),
        (b"1.0", b"X: y", b"Connection: close"),
    ],
)
def test_whether_the_connection_stays(
    place: Place, version: bytes, option: bytes, header: bytes
) -> None:
    client, connection = place.let_in(
        GET.replace(b"1.1", version).replace(b"Host: a", b"Host: a\r\n" + option)
    )
    place.exchange.attend(connection, READ)
    answer = received(client)
    assert statuses(answer) == [200]
    assert [line for line in answer.split(b"\r\n") if b"onnection" in line] == (
        [header] if header else []
    )
    assert connection.lingering == (header == b"Connection: close")
