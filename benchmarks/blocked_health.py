"""How long health takes while more executions sleep than any stack runs at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.plan import Plan
from benchmarks.samples import figure, percentile
from benchmarks.server_process import Server, serving
from benchmarks.stacks import BY_NAME
from benchmarks.workplace import Place

CALLS = 32
CALL_SECONDS = 1.5
PROBES = 200
COMMAND = f"{CALLS} executions of {CALL_SECONDS:g} s at once, meanwhile GET HEALTH one by one"


def measure(plan: Plan, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """p99 of health in ms, of each round; `PROBES` probes, or as many as it has time for."""
    found: dict[str, list[float]] = {}
    for _ in range(plan.health_rounds):
        for name, place in places.items():
            if not BY_NAME[name].works:
                continue
            # As many at once as the plugin has by default, so that every slot is taken.
            with serving(BY_NAME[name], place, PLUGIN_CONCURRENCY="8") as server:
                found.setdefault(name, []).append(_p99_ms(server))
    return [
        figure("blocked health", "p99", name, "ms", values, COMMAND)
        for name, values in found.items()
    ]


def _p99_ms(server: Server) -> float:
    callers = [threading.Thread(target=_execute, args=(server,), daemon=True) for _ in range(CALLS)]
    for caller in callers:
        caller.start()
    time.sleep(0.2)
    until = time.monotonic() + CALL_SECONDS - 0.5
    seconds: list[float] = []
    while time.monotonic() < until and len(seconds) < PROBES:
        started = time.monotonic()
        server.request("GET", server.stack.health)
        seconds.append(time.monotonic() - started)
    return percentile(seconds, 0.99) * 1000


def _execute(server: Server) -> None:
    try:
        server.execute(seconds=CALL_SECONDS)
    except OSError:
        return  # the server was ended meanwhile, or took no more connections
