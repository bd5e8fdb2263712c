"""A standard output that nobody reads: a full pipe, a log driver that blocks."""

from __future__ import annotations

import contextlib
import time

from stage7_plugin.contract.context import Context, at_once
from stage7_plugin.contract.model import Need, Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.contract.rules.lifecycle import expect_end
from stage7_plugin.contract.targets.base import Running
from stage7_plugin.host.http_client import NoAnswer, call
from stage7_plugin.host.run import STOP_GRACE

LINES = 6000
"""Requests that a plugin without the scenario `noisy` is sent, each of which it may log."""
LINES_SECONDS = 60.0
STALL_SECONDS = 20.0
"""For a log of 2 MB that is written in the background, on a busy machine."""
AT_ONCE = 4
CROWD = 32


@rule(
    "lifecycle.unread-output",
    "Executions, health and SIGTERM keep working when nobody reads standard output",
    needs=Need.START,
    requires=("lifecycle.sigterm-idle", "execute.raw-inputs"),
    place=Place.OWN,
    todo="Write the log from a thread of its own with a bounded queue; drop lines when it is full, "
    "answer before logging, and wait for the log a moment only at the end.",
)
def unread_output(context: Context) -> None:
    """A log driver that blocks would otherwise stop the plugin at its next line.

    Request: Much output that nobody reads, then executions, health and SIGTERM.
    Expected: 2xx, healthy, and an exit in less than 9.5 s.
    """
    with context.fresh(scenario=True) as running:
        running.leave_output_unread()
        _fill(context, running)
        sent = "much output that nobody reads"
        at_once(CROWD, lambda _: context.try_execute(running, context.samples))
        response = _execute_in_the_end(context, running)
        context.sent = f"{sent}, then an execution"
        context.expect(response, "2xx")
        context.sent = sent
        context.expect_still_healthy(running)
        expect_end(context, running, f"SIGTERM after {sent}", STOP_GRACE - 0.5)


def _fill(context: Context, running: Running) -> None:
    if "noisy" in context.scenarios.inputs:
        for _ in range(2):  # an engine may still take the first while it begins to attach
            context.execute(context.scenario_inputs("noisy"), running=running)
            running.wait_for_stalled_output(STALL_SECONDS)
    end = time.monotonic() + LINES_SECONDS
    count = LINES // AT_ONCE if "noisy" not in context.scenarios.inputs else CROWD
    path = f"/no-such-path-{'x' * 1000}"

    def provoke(_: int) -> None:
        for number in range(count):
            if time.monotonic() > end:
                return
            if number % 2:
                context.try_execute(running, context.samples)
            else:
                with contextlib.suppress(NoAnswer):
                    call(running.address, "GET", path, timeout=10)

    at_once(AT_ONCE, provoke)


def _execute_in_the_end(context: Context, running: Running) -> bool:
    """Return whether an execution succeeds, once the crowd has left its slots."""
    for _ in range(20):
        if context.execute(context.samples, running=running).succeeded:
            return True
        time.sleep(0.1)
    return False
