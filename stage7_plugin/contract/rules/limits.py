"""Slow, large and numerous requests."""

from __future__ import annotations

import time
from contextlib import ExitStack

from stage7_plugin.contract import raw_http
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.model import Place
from stage7_plugin.contract.rule import rule

HALF_OPEN = 200
PLUGIN_LIST_SIZES = (900_000, 5_000_000)
"""Bytes of `availablePlugins` on a usual and on a large installation."""


def with_plugin_list(context: Context, size: int) -> dict[str, object]:
    """Return the example's inputs and the host's, with a list of plugins of about `size` bytes."""
    entry = '{"id": "plugin-EXAMPLE", "verb": "EXAMPLE", "description": "One of very many."}, '
    listing = "[" + entry * (size // len(entry)) + "{}]"
    return {**context.with_host_inputs(context.samples), "availablePlugins": listing}


@rule(
    "limits.plugin-list",
    "The host's list of all plugins, 900 kB or 5 MB, may be sent along",
    requires=("execute.undeclared-inputs",),
    todo="Accept bodies of up to 16 MiB.",
)
def plugin_list(context: Context) -> None:
    """The host sends the manifests of all plugins along.

    Request: The example's inputs with a list of 900 kB, then of 5 MB.
    Expected: 2xx.
    """
    for size in PLUGIN_LIST_SIZES:
        response = context.execute(with_plugin_list(context, size))
        context.sent = f"availablePlugins of {size} bytes in addition to the inputs"
        context.expect(response.succeeded, "2xx")


@rule(
    "limits.slow-clients",
    f"{HALF_OPEN} requests that never end delay neither health nor executions",
    requires=("execute.raw-inputs",),
    place=Place.ALONE,
    todo="Read requests without using a thread or a slot, or allow more connections.",
)
def slow_clients(context: Context) -> None:
    """One slow client per thread stops a server without a limit.

    Request: 200 requests that never end, then health and an execution.
    Expected: Healthy within 1 s, and 2xx.
    """
    running = context.instances.shared()
    address = running.address
    beginnings = (
        raw_http.head(address, "GET", context.view.health_path)[:-2],
        raw_http.head(
            address,
            context.view.method,
            context.view.endpoint,
            "Content-Type: application/json",
            "Content-Length: 100",
        )
        + b'{"inp',
    )
    with ExitStack() as stack:
        for number in range(HALF_OPEN):
            try:
                connection = stack.enter_context(raw_http.connect(address, 2))
                connection.sendall(beginnings[number % len(beginnings)])
            except OSError:
                break  # refusing more is fine as long as health answers
        time.sleep(0.2)
        for _ in range(3):
            context.note(f"{HALF_OPEN} requests that are never finished")
            context.expect_still_healthy(running)
        response = context.execute(context.samples)
        context.sent = f"{HALF_OPEN} requests that are never finished; then an execution"
        context.expect(response.succeeded, "2xx")
