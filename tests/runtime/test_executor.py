"""The slots and their threads, without a server."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.runtime.runtime_modules import runtime_module
from tests.support.steps import until

execution = runtime_module("execution")
SOON = 20.0
"""Seconds that nothing here takes, also on a busy machine."""


def test_a_slot_that_is_freed_before_its_thread_is_idle_needs_no_further_thread() -> None:
    executor = execution.Executor(slots=1, deadline=60.0)
    freed, answered, done = threading.Event(), threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def answer_slowly(job: Any) -> None:
        threads.append(threading.current_thread())
        job.finish()
        freed.set()
        answered.wait(SOON)

    def end(job: Any) -> None:
        threads.append(threading.current_thread())
        job.finish()
        done.set()

    assert executor.start(answer_slowly, print) is not None
    assert freed.wait(SOON)
    assert executor.start(end, print) is not None, "the slot is free"
    answered.set()
    assert done.wait(SOON)
    assert threads[0] is threads[1]


def test_a_thread_that_could_not_be_started_is_started_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executor = execution.Executor(slots=2, deadline=60.0)
    go_on, meeting = threading.Event(), threading.Barrier(3)

    def wait(job: Any) -> None:
        go_on.wait(SOON)

    def end(job: Any) -> None:
        job.finish()

    def meet(job: Any) -> None:
        meeting.wait(SOON)
        job.finish()

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    assert executor.start(wait, print) is not None
    with monkeypatch.context() as context:
        context.setattr(threading.Thread, "start", refuse)
        assert executor.start(end, print) is not None
    go_on.set()
    until(lambda: executor.in_flight == 0)
    assert executor.start(meet, print) is not None
    assert executor.start(meet, print) is not None
    meeting.wait(SOON)
