"""Requests and answers on one connection, step by step: what the socket thread does next."""

from __future__ import annotations

import selectors
import socket
import struct

import pytest

from tests.runtime.in_process import (
    GET,
    MIB,
    START,
    UPLOAD,
    Place,
    error_of,
    is_closed,
    log_of,
    received,
    statuses,
)

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


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
    assert ["a connection failed" in line for line in logged] == [True]


def test_the_next_request_waits_until_the_answer_is_taken(place: Place) -> None:
    place.app.body = b"x" * (8 * MIB)
    client, connection = place.let_in(GET + GET)
    place.exchange.attend(connection, READ)
    assert connection.events == WRITE
    assert (len(place.app.jobs), place.budget.used) == (1, 8 * MIB)
    place.clock.now += 1
    place.exchange.attend(connection, READ)
    assert connection.active == START, "it has taken nothing"
    client.sendall(GET)
    answers, rounds = b"", 0
    while answers.count(b"x") < 24 * MIB:
        answers += received(client)
        place.exchange.attend(connection, READ)
        if connection.unsent:
            assert len(place.app.jobs) > 1 or connection.parser.size == len(GET), "it is not read"
            place.clock.now += 1
            place.exchange.attend(connection, WRITE)
            assert connection.active == place.clock.now
            rounds += 1
            assert rounds < 100_000
    assert (statuses(answers), len(place.app.jobs)) == ([200] * 3, 3)
    assert (connection.events, place.budget.used) == (READ, 0)


def test_the_end_of_a_client(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    logged = log_of(monkeypatch)
    quiet, left, cut = (place.let_in() for _ in range(3))
    left[0].shutdown(socket.SHUT_WR)
    cut[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    cut[0].close()
    for _, connection in (quiet, left, cut):
        place.exchange.attend(connection, READ)
    open_now = [connection in place.connections for _, connection in (quiet, left, cut)]
    assert (open_now, logged) == ([True, False, False], [])


def test_what_a_client_sends_behind_its_last_answer_is_not_kept(place: Place) -> None:
    client, connection = place.let_in(b"NONSENSE\r\n\r\n")
    place.exchange.attend(connection, READ)
    assert statuses(received(client)) == [400]
    assert (connection.lingering, connection.events) == (True, READ)
    place.clock.now += 1
    client.sendall(GET * 10)
    place.exchange.attend(connection, READ)
    assert (connection.parser.size, connection.active) == (0, START)
    assert place.app.jobs == []
    client.close()
    place.exchange.attend(connection, READ)
    assert connection not in place.connections


def test_a_part_of_a_request_is_counted_and_awaited(place: Place) -> None:
    client, connection = place.let_in(UPLOAD % (9000, b"x" * 8000))
    place.clock.now += 3
    place.exchange.attend(connection, READ)
    assert (connection.active, connection.events) == (START + 3, READ)
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
    assert "memory is in use" in error_of(refused)
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
