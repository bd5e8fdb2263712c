"""How long a container took to end, although the engine may report it late."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stage7_plugin.contract.targets.container import Container

STARTED = "2026-01-01T00:00:00.0"


class SlowEngine:
    """Reports the end of a container half a second late."""

    def info(self) -> dict[str, str]:
        return {"SystemTime": f"{STARTED}00000000Z"}

    def wait(self, name: str, timeout: float) -> None:
        time.sleep(0.5)


def ended(finished: str) -> float | None:
    run = SimpleNamespace(
        name="a", view=None, address=None,
        kill=lambda signal: None, state=lambda: {"FinishedAt": finished},
    )  # fmt: skip
    container = Container(cast(Any, SlowEngine()), cast(Any, run))
    container.send_sigterm()
    return container.wait(5)


def test_the_engine_may_report_the_end_late() -> None:
    assert ended(f"{STARTED}25000000Z") == pytest.approx(0.025, abs=1e-3)


def test_the_time_before_the_signal_does_not_count() -> None:
    seconds = ended("2026-01-01T00:00:09.0Z")
    assert seconds is not None
    assert 0.5 <= seconds < 9
