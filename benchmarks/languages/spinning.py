"""How long health takes while the code of every slot computes without a pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.languages.stacks import SPINNING
from benchmarks.plan import Plan
from benchmarks.samples import figure, percentile
from benchmarks.server_process import Server, serving
from benchmarks.stacks import BY_NAME
from benchmarks.workplace import Place

SLOTS = 8
"""Those that the plugin of the benchmarks has by default."""
CALL_SECONDS = 3.0
SETTLE_SECONDS = 0.5
PROBES = 200
COMMAND = (
    f"{SLOTS} executions that compute for {CALL_SECONDS:g} s on all CPUs, GET HEALTH one by one"
)


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """p99 and median of health in ms, of each round."""
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(plan.health_rounds):
        for name in SPINNING:
            if name not in places:
                continue
            with serving(BY_NAME[name], places[name], pinned=False) as server:
                seconds = _health(server)
            for case, share in (("p50", 0.5), ("p99", 0.99)):
                milliseconds = percentile(seconds, share) * 1000
                found.setdefault((name, case), []).append(milliseconds)
    return [
        figure("spinning health", case, name, "ms", values, COMMAND)
        for (name, case), values in found.items()
    ]


def _health(server: Server) -> list[float]:
    # Once before: some servers start the thread of a slot when it is first needed.
    with ThreadPoolExecutor(SLOTS) as pool:
        list(pool.map(lambda _: server.execute(seconds=0.2), range(SLOTS)))
    callers = [threading.Thread(target=_spin, args=(server,), daemon=True) for _ in range(SLOTS)]
    for caller in callers:
        caller.start()
    time.sleep(SETTLE_SECONDS)
    until = time.monotonic() + CALL_SECONDS - 2 * SETTLE_SECONDS
    seconds: list[float] = []
    while time.monotonic() < until and len(seconds) < PROBES:
        started = time.monotonic()
        server.request("GET", server.stack.health)
        seconds.append(time.monotonic() - started)
    return seconds


def _spin(server: Server) -> None:
    try:
        server.execute(seconds=CALL_SECONDS)
    except OSError:
        return  # the server was ended meanwhile
