"""What PID 1 of a container does at its end."""

from __future__ import annotations

import os
import signal

import pytest

from tests.runtime.runtime_modules import runtime_module

container = runtime_module("container")


class Left(Exception):
    pass


@pytest.mark.parametrize(("pid", "ended_first"), [(1, [(-1, signal.SIGKILL)]), (2, [])])
@pytest.mark.parametrize("is_alone", [True, False])
def test_the_last_process_of_a_container_ends_all_others_first(
    monkeypatch: pytest.MonkeyPatch, pid: int, ended_first: list[tuple[int, int]], is_alone: bool
) -> None:
    """Outside of a container -1 would end every process of the user."""
    calls: list[tuple[int, int]] = []

    def kill(target: int, number: int) -> None:
        calls.append((target, number))
        if is_alone:
            raise ProcessLookupError

    def leave(status: int) -> None:
        assert calls == ended_first
        raise Left(status)

    monkeypatch.setattr(os, "getpid", lambda: pid)
    monkeypatch.setattr(os, "kill", kill)
    monkeypatch.setattr(os, "_exit", leave)
    with pytest.raises(Left, match="7"):
        container.leave(7)
