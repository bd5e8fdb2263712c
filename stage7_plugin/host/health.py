"""What the host takes for healthy, and how it polls."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from stage7_plugin.errors import Stage7PluginError
from stage7_plugin.host.http_client import Address, NoAnswer, Response, call
from stage7_plugin.host.view import HostView

POLLS = 30
INTERVAL = 1.0
"""Seconds between two polls; the first comes at once."""


LONGEST = 2 * POLLS * INTERVAL
"""Seconds after which no further poll is made, however slowly each of them was answered."""
LONGEST_POLL = 30.0
"""Seconds for one poll, where the manifest's own timeout is longer."""


class NeverHealthy(Stage7PluginError):
    """The plugin ended or stayed unhealthy. The message is one sentence."""


@dataclass(frozen=True)
class Healthy:
    """The poll that succeeded (the first is 1), its answer, and the seconds since the first."""

    polls: int
    response: Response
    seconds: float


def is_healthy(response: Response) -> bool:
    """Status 200 and a JSON body with `"status": "healthy"`."""
    document = response.document
    return (
        response.status == 200
        and isinstance(document, dict)
        and document.get("status") == "healthy"
    )


def ask(view: HostView, address: Address, timeout: float | None = None) -> Response:
    """One poll, of so many seconds at most, LONGEST_POLL unless told. Raises NoAnswer."""
    seconds = min(view.health_timeout, LONGEST_POLL if timeout is None else timeout)
    return call(address, "GET", view.health_path, timeout=seconds)


def poll(
    view: HostView,
    address: Address,
    ended: Callable[[], str | None],
    polls: int = POLLS,
    interval: float = INTERVAL,
) -> Healthy:
    """Poll until the plugin is healthy, for LONGEST seconds at most.

    Args:
        view: The manifest as the host reads it.
        address: Where the plugin listens.
        ended: Says how the plugin came to its end, or None while it runs.
        polls: How often to ask.
        interval: Seconds between two polls.

    Raises:
        NeverHealthy: The plugin ended or stayed unhealthy.
    """
    seen, number = "no request was sent", 0
    start = time.monotonic()
    for number in range(1, polls + 1):
        try:
            response = ask(view, address)
            if is_healthy(response):
                return Healthy(number, response, time.monotonic() - start)
            seen = f"GET {view.health_path} answered {response.summary()}"
        except NoAnswer as error:
            seen = f"GET {view.health_path}: {error}"
        if how := ended():
            raise NeverHealthy(how)
        if time.monotonic() - start > LONGEST:
            break
        time.sleep(interval)
    raise NeverHealthy(f"the plugin was not healthy after {number} polls; the last: {seen}")
