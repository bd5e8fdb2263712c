"""Who is let in, who is closed, and when: to the moment, on a clock that stands still."""

from __future__ import annotations

import errno
import os
import selectors
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from tests.runtime.in_process import START, Place, is_closed

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


def test_new_clients_are_taken_64_at_a_time(place: Place) -> None:
    for _ in range(70):
        place.connect()
    assert [len(list(place.connections.accept())) for _ in range(3)] == [64, 6, 0]


def test_beyond_the_most_connections_the_oldest_makes_room(place: Place) -> None:
    place.settings.max_connections = 2
    first, _ = place.let_in()
    place.clock.now += 0.25
    second, begun = place.let_in()
    place.clock.now += 0.25
    third, idle = place.let_in()
    assert [is_closed(client) for client in (first, second, third)] == [True, False, False]
    # What counts is when its request began, not when its last byte came.
    begun.parser.started, begun.active = START + 1, START + 9
    idle.active, place.clock.now = START + 5, START + 10
    fourth, _ = place.let_in()
    assert [is_closed(client) for client in (second, third, fourth)] == [True, False, False]


def test_who_waits_for_an_execution_is_no_reason_to_close_others(place: Place) -> None:
    place.settings.max_connections = 2
    first, connection = place.let_in()
    connection.busy = True
    others = [place.let_in()[0] for _ in range(2)]
    assert not any(map(is_closed, [first, *others]))
    place.let_in()
    assert [is_closed(client) for client in (first, *others)] == [False, True, False]


@pytest.mark.parametrize(
    ("age", "closed"), [(0.0, False), (0.4, False), (0.5, True), (500.0, True)]
)
def test_without_descriptors_a_request_makes_room_after_half_a_second(
    place: Place, age: float, closed: bool
) -> None:
    client, connection = place.let_in()
    connection.active = place.clock.now - age

    def accept() -> Any:
        raise OSError(errno.EMFILE, "no descriptor is left")

    place.connections._listener = SimpleNamespace(accept=accept)
    assert list(place.connections.accept()) == []
    assert is_closed(client) == closed
    assert 0 < place.clock.slept < 0.1, "it neither spins nor keeps others waiting"


def test_without_clients_and_descriptors_nothing_breaks(place: Place) -> None:
    def accept() -> Any:
        raise ConnectionAbortedError

    place.connections._listener = SimpleNamespace(accept=accept)
    assert list(place.connections.accept()) == []


def test_what_is_waited_for(place: Place) -> None:
    _, connection = place.let_in()

    def registered() -> int:
        key = place.selector.get_map().get(connection.socket)
        return key.events if key else 0

    for events in (READ, READ, WRITE, 0, 0, WRITE, READ):
        place.connections.watch(connection, events)
        assert registered() == connection.events == events
    assert place.selector.get_key(connection.socket).data is connection


def test_a_client_sees_the_end_before_it_is_closed(place: Place) -> None:
    client, connection = place.let_in()
    place.clock.now += 5
    place.connections.watch(connection, WRITE)
    place.connections.linger(connection)
    assert is_closed(client)
    assert connection in place.connections
    assert (connection.lingering, connection.active) == (True, place.clock.now)
    assert connection.events == READ


def test_a_client_that_is_gone_is_closed_at_once(place: Place) -> None:
    _, connection = place.let_in()
    connection.socket.shutdown(socket.SHUT_WR)
    real = connection.socket

    def shutdown(how: int) -> None:
        raise OSError(errno.ENOTCONN, "gone")

    connection.socket = SimpleNamespace(shutdown=shutdown, close=real.close, fileno=real.fileno)
    place.connections.linger(connection)
    assert connection not in place.connections
    assert real.fileno() == -1


def test_the_request_that_is_stalled_for_longest(place: Place) -> None:
    waiting = [place.let_in()[1] for _ in range(6)]
    for connection, silent in zip(waiting, (1.0, 1.5, 2.0, 3.0, 4.0, 5.0), strict=True):
        connection.memory.hold(5000)
        connection.active = place.clock.now - silent
    waiting[5].busy = True
    waiting[4].memory.release()
    assert place.connections.most_stalled(but=waiting[0]) is waiting[3]
    assert place.connections.most_stalled(but=waiting[3]) is waiting[2]
    for connection in waiting[2:4]:
        place.connections.close(connection)
    assert place.connections.most_stalled(but=waiting[0]) is waiting[1]
    assert place.connections.most_stalled(but=waiting[1]) is None, "a second is not too long"


def idle(connection: Any) -> None:
    """Nothing has come yet."""


def sending(connection: Any) -> None:
    connection.parser.started = connection.active
    connection.active += 1000


def taking(connection: Any) -> None:
    connection.unsent, connection._answered = b"x", connection.active
    connection.active += 1000


def lingering(connection: Any) -> None:
    connection.lingering = True


@pytest.mark.parametrize(
    ("state", "longest"), [(idle, 60), (sending, 30), (taking, 20), (lingering, 2)]
)
def test_how_long_a_client_may_take(place: Place, state: Any, longest: int) -> None:
    for late in (longest + 0.1, 1000.0):
        client, connection = place.let_in()
        state(connection)
        assert place.connections.close_the_slow(START + longest) == []
        assert not is_closed(client)
        connection.busy = True
        assert place.connections.close_the_slow(START + late) == []
        assert not is_closed(client), "its execution runs"
        connection.busy = False
        assert place.connections.close_the_slow(START + late) == []
        assert is_closed(client)


@pytest.mark.parametrize("short", [True, False])
def test_an_answer_that_is_not_taken_goes_where_memory_is_short(place: Place, short: bool) -> None:
    if short:
        place.budget._refused = place.clock.now
    counted, small, moving = (place.let_in() for _ in range(3))
    for _, connection in (counted, small, moving):
        connection.unsent, connection._answered = b"x", place.clock.now
    counted[1].unsent_memory.hold(5000)
    moving[1].unsent_memory.hold(5000)
    moving[1].active += 0.5
    place.connections.close_the_slow(START + 1)
    assert not is_closed(counted[0]), "a second is not too long"
    place.connections.close_the_slow(START + 1.25)
    assert [is_closed(one[0]) for one in (counted, small, moving)] == [short, False, False]
    assert place.budget.used == (5000 if short else 10_000)


@pytest.mark.parametrize("short", [True, False])
def test_stalled_requests_are_named_where_memory_is_short(place: Place, short: bool) -> None:
    if short:
        place.budget._refused = place.clock.now
    stalled, moving, ending, small = (place.let_in()[1] for _ in range(4))
    for connection in (stalled, moving, ending):
        connection.memory.hold(5000)
    moving.active += 0.5
    ending.closing = True
    assert place.connections.close_the_slow(START + 1) == []
    assert place.connections.close_the_slow(START + 1.25) == ([stalled] if short else [])
    assert small in place.connections


@pytest.mark.parametrize("busy", [True, False])
def test_what_the_end_of_a_connection_gives_back(place: Place, busy: bool) -> None:
    client, connection = place.let_in()
    connection.busy = busy
    connection.memory.hold(5000)
    connection.unsent_memory.hold(6000)
    kept = os.dup(connection.socket.fileno())  # as a child that the author's code has forked
    try:
        place.connections.close(connection)
        assert is_closed(client)
    finally:
        os.close(kept)
    assert (connection.closing, connection.events) == (True, 0)
    assert (connection in place.connections, list(place.connections)) == (False, [])
    assert place.budget.used == (6000 if busy else 0), "an answer belongs to who answers"
    connection.busy = False
    place.connections.close(connection)  # once more does no harm
    assert place.budget.used == 0


def test_connections_can_be_closed_while_they_are_listed(place: Place) -> None:
    clients = [place.let_in()[0] for _ in range(5)]
    for connection in place.connections:
        place.connections.close(connection)
    assert all(map(is_closed, clients))
