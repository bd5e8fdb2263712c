"""Answers on one connection: how they are written, and what ends it."""

from __future__ import annotations

import selectors
from types import SimpleNamespace

import pytest

from tests.runtime.in_process import (
    GET,
    Place,
    error_of,
    is_closed,
    log_of,
    received,
    statuses,
)

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


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
    assert error_of(answer) == "The answer has 200000 bytes; too little memory is free."
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
