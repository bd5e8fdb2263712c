"""Executions on one connection, step by step: who answers, and what is left to do."""

from __future__ import annotations

import selectors
from typing import Any

import pytest

from tests.runtime.in_process import (
    EXECUTE,
    GET,
    MIB,
    START,
    Place,
    error_of,
    log_of,
    received,
    statuses,
)

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


def test_what_is_sent_while_an_execution_runs_stays_where_it_is(place: Place) -> None:
    client, connection = place.let_in(EXECUTE)
    place.exchange.attend(connection, READ)
    assert (connection.busy, connection.events) == (True, READ)
    for events in (0, WRITE):
        place.exchange.attend(connection, events)
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


def test_an_execution_behind_much_that_was_sent_ahead(place: Place) -> None:
    client, connection = place.let_in(GET * 16 + EXECUTE + GET)
    place.exchange.attend(connection, READ)
    place.exchange.attend(place.exchange.waiting.popleft())
    assert (connection.busy, connection.events) == (True, 0), "more has been sent ahead"
    place.executor.finish()
    place.exchange.attend(place.exchange.waiting.popleft())
    assert (statuses(received(client)), connection.events) == ([200] * 18, READ)


def test_an_execution_that_is_answered_leaves_nothing_to_do(place: Place) -> None:
    client, connection = place.let_in(EXECUTE)
    place.exchange.attend(connection, READ)
    place.clock.now += 2
    place.executor.finish()
    assert statuses(received(client)) == [200]
    assert (connection.busy, connection.events, connection.active) == (False, READ, START + 2)
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
