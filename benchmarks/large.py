"""An execution whose input and output have 900 kB each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from benchmarks.plan import Plan
from benchmarks.samples import figure
from benchmarks.server_process import serving
from benchmarks.stacks import BY_NAME
from benchmarks.workplace import Place

TEXT = "abcdefghi " * 90_000
COMMAND = f"POST of a text of {len(TEXT)} bytes, which comes back"


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Milliseconds from connecting to the last byte of the answer."""
    figures = []
    for name, place in places.items():
        if not BY_NAME[name].works:
            continue
        milliseconds = []
        with serving(BY_NAME[name], place) as server:
            for _ in range(plan.large_requests):
                started = time.monotonic()
                status, answer = server.execute(TEXT)
                milliseconds.append((time.monotonic() - started) * 1000)
                if status != 200 or TEXT.encode() not in answer:
                    raise RuntimeError(f"{name} answered {status} to a large input")
        figures.append(figure("large", "900 kB in and out", name, "ms", milliseconds, COMMAND))
    return figures
