"""The server's thread: whose turn it is, and how long it continues after SIGTERM."""

from __future__ import annotations

import selectors
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.runtime.in_process import (
    EXECUTE,
    GET,
    MIB,
    START,
    UPLOAD,
    Place,
    error_of,
    is_closed,
    received,
    statuses,
)

READ = selectors.EVENT_READ
CLOSE = GET.replace(b"Host: a", b"Host: a\r\nConnection: close")


def serve(place: Place) -> float:
    """Serve until the end; return after how many seconds it came."""
    place.server.serve()
    return place.clock.now - START


def stopping(place: Place) -> Place:
    place.app.stops = True
    return place


def test_an_idle_server_ends_at_once(place: Place) -> None:
    place.let_in()  # and closes this connection, on which nothing happens
    assert serve(stopping(place)) == 0


def test_it_serves_until_the_end_and_no_longer(place: Place) -> None:
    place.clock.at(3, lambda: setattr(place.app, "stops", True))
    client = place.connect(GET)
    assert 3 <= serve(place) < 4.1
    assert statuses(received(client)) == [200]
    assert set(place.selector.waits[:2]) == {1.0}, "it polls without waiting"


def test_a_signal_is_looked_at_once(place: Place) -> None:
    def stop() -> None:
        place.app.stops = True
        place.server.wake()

    place.clock.at(0.25, stop)
    assert serve(place) == 0.25


def test_waking_it_up_again_and_again_blocks_nobody(place: Place) -> None:
    for _ in range(100_000):
        place.server.wake()
    place.server._turn(longest=1.0)
    place.server._turn(longest=1.0)
    assert place.server.wake_socket == place.server._wake_writer.fileno()


def test_its_address(place: Place) -> None:
    host, port = place.listener.getsockname()
    assert place.server.address == f"{host}:{port}"
    place.server._listener = SimpleNamespace(getsockname=lambda: ("::", 8080, 0, 0))
    assert place.server.address == ":::8080"


def test_an_execution_has_the_whole_time_to_drain_and_half_a_second_more(place: Place) -> None:
    place.let_in(EXECUTE)
    place.server._turn(longest=1.0)
    place.executor.give_up_overdue = lambda: None  # type: ignore[method-assign]
    assert serve(stopping(place)) == pytest.approx(9.5, abs=0.05)
    assert place.executor.expired == [pytest.approx(START + 9, abs=0.05)]
    assert max(place.selector.waits) < 0.05, "it looks around often while it drains"
    assert min(place.selector.waits[1:]) > 0


def test_clients_that_still_wait_are_answered_before_the_end(place: Place) -> None:
    client, _ = place.let_in(EXECUTE)
    place.server._turn(longest=1.0)
    place.clock.at(9.1, client.close)
    assert serve(stopping(place)) == pytest.approx(9.1, abs=0.05)
    assert len(place.executor.jobs) == 1


def test_an_execution_that_ends_is_answered_and_that_was_all(place: Place) -> None:
    client, _ = place.let_in(EXECUTE)
    place.server._turn(longest=1.0)

    def end() -> None:
        place.executor.finish()
        client.close()

    place.clock.at(4, end)
    assert serve(stopping(place)) == pytest.approx(4, abs=0.05)


def test_who_connects_late_is_not_answered_any_more(place: Place) -> None:
    place.let_in(EXECUTE)
    place.server._turn(longest=1.0)
    early: list[Any] = []
    place.clock.at(0.4, lambda: early.append(place.connect(GET)))
    open_at: list[float] = []
    real = place.selector.select

    def select(timeout: float | None = None) -> Any:
        if place.listener.fileno() >= 0:
            open_at.append(place.clock.now - START)
        return real(timeout)

    place.selector.select = select
    serve(stopping(place))
    assert statuses(received(early[0])) == [200]
    assert open_at[-1] == pytest.approx(0.5, abs=0.05)


def test_a_client_that_takes_nothing_has_two_seconds(place: Place) -> None:
    place.app.body = b"x" * (16 * MIB)
    place.let_in(GET, takes=4096)
    place.server._turn(longest=1.0)
    place.clock.now += 5
    began = place.clock.now
    place.server.serve_until(lambda: True)
    stopping(place).server.serve()
    assert place.clock.now - began == pytest.approx(2, abs=0.05)


def test_two_seconds_from_when_its_answer_was_ready(place: Place) -> None:
    place.app.body = b"x" * (16 * MIB)
    place.let_in(EXECUTE, takes=4096)
    place.server._turn(longest=1.0)
    place.clock.at(3, place.executor.finish)
    assert serve(stopping(place)) == pytest.approx(5, abs=0.05)


def test_a_client_that_does_not_end_has_two_seconds(place: Place) -> None:
    client, _ = place.let_in(CLOSE)
    place.server._turn(longest=1.0)
    assert serve(stopping(place)) == pytest.approx(2, abs=0.05)
    assert statuses(received(client)) == [200]


def test_an_upload_that_is_not_complete_is_refused(place: Place) -> None:
    begun, _ = place.let_in(UPLOAD % (9000, b"x" * 8000))
    answered, connection = place.let_in(CLOSE)
    for _ in range(2):
        place.server._turn(longest=1.0)
    connection.parser.started = START  # as if it had gone on sending
    later: list[Any] = []
    place.clock.at(0.1, lambda: later.append(place.connect(UPLOAD % (9000, b"x"))))
    serve(stopping(place))
    for client in (begun, *later):
        answer = received(client)
        assert (statuses(answer), error_of(answer)) == ([503], "The plugin is stopping.")
    assert statuses(received(answered)) == [200], "it has its answer"


@pytest.mark.parametrize("is_let_in", [True, False])
def test_what_came_before_the_end_is_answered(place: Place, is_let_in: bool) -> None:
    """Closing would show these clients a reset."""
    client = place.let_in(GET)[0] if is_let_in else place.connect(GET)
    serve(stopping(place))
    answer = received(client)
    assert (statuses(answer), b"Connection: close" in answer) == ([200], True)


def test_a_request_is_answered_in_the_turn_in_which_its_client_is_let_in(place: Place) -> None:
    client = place.connect(GET)
    place.server._turn(longest=1.0)
    assert statuses(received(client)) == [200]


def test_who_has_sent_much_ahead_goes_on_without_a_wait(place: Place) -> None:
    client, other = place.connect(GET * 40), place.connect(GET)
    place.server._turn(longest=1.0)
    assert len(statuses(received(client))) == 32, "16 as it was let in, 16 of what was left"
    assert statuses(received(other)) == [200]
    place.server._turn(longest=1.0)
    assert (len(statuses(received(client))), place.clock.now) == (8, START)


def test_it_wakes_up_for_the_next_deadline(place: Place) -> None:
    place.executor.next_deadline = START + 0.25
    client, _ = place.let_in(EXECUTE)
    place.server._turn(longest=1.0)
    place.server._turn(longest=1.0)
    assert place.clock.now == START + 0.25
    assert statuses(received(client)) == [504]


@pytest.mark.parametrize("executes", [True, False])
def test_once_a_second_it_looks_for_orphans(place: Place, executes: bool) -> None:
    rounds: list[tuple[float, bool]] = []

    def reap(now: float, busy: bool) -> int:
        rounds.append((now - START, busy))
        return 0

    place.server._orphans.reap = reap
    if executes:
        place.let_in(EXECUTE)
    for number in range(1, 18):  # however much is to do
        place.clock.at(number / 4, place.server.wake)
    place.server.serve_until(lambda: place.clock.now > START + 3.5)
    seconds = [0, 1, 2, 3] if executes else [0.25, 1.25, 2.25, 3.25]
    assert rounds == [(second, executes) for second in seconds]


def test_and_for_slow_clients(place: Place) -> None:
    client, _ = place.let_in()
    place.server.serve_until(lambda: place.clock.now >= START + 60)
    assert not is_closed(client)
    place.server.serve_until(lambda: place.clock.now >= START + 62)
    assert is_closed(client)


def test_and_for_stalled_requests_where_memory_is_short(place: Place) -> None:
    client, _ = place.let_in(UPLOAD % (9000, b"x" * 8000))
    place.server._turn(longest=1.0)
    place.server._turn(longest=1.0)
    place.budget._refused = START + 2.5
    place.server.serve_until(lambda: place.clock.now >= START + 4)
    answer = received(client)
    assert statuses(answer) == [429]
    assert error_of(answer).startswith("No data came for a second")


@pytest.mark.parametrize(("seconds", "had_a_turn"), [(0.02, 3), (0.03, 2), (0.1, 1)])
def test_bodies_leave_the_others_their_turn(place: Place, seconds: float, had_a_turn: int) -> None:
    bodies = [place.let_in(UPLOAD % (9000, b"x" * 1000)) for _ in range(4)]
    for _, connection in bodies:
        place.exchange.attend(connection, READ)
    for age, (client, connection) in enumerate(bodies):
        connection.active = START - age
        client.sendall(b"y")
    attended: list[Any] = []
    attend: Callable[..., None] = place.exchange.attend

    def slowly(connection: Any, events: int = 0) -> None:
        attend(connection, events)
        attended.append(connection)
        place.clock.now += seconds

    place.exchange.attend = slowly
    place.server._turn(longest=1.0)
    waited_longest_first = [connection for _, connection in reversed(bodies)]
    assert attended == waited_longest_first[:had_a_turn]
