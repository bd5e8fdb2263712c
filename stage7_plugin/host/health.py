"""What the host takes for healthy, and how it polls."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from stage7_plugin.errors import Stage7PluginError
from stage7_plugin.host.http_client import Address, Answer, NoAnswer, call
from stage7_plugin.host.view import HostView

POLLS = 30
INTERVAL = 1.0
"""Seconds between two polls; the first comes at once."""


class NeverHealthy(Stage7PluginError):
    """The plugin ended or stayed unhealthy. The message is one sentence."""


@dataclass(frozen=True)
class Healthy:
    """The poll that succeeded (the first is 1), its answer, and the seconds since the first."""

    polls: int
    answer: Answer
    seconds: float


def is_healthy(answer: Answer) -> bool:
    """Status 200 and a JSON body with `"status": "healthy"`."""
    document = answer.document
    return (
        answer.status == 200 and isinstance(document, dict) and document.get("status") == "healthy"
    )


def ask(view: HostView, address: Address) -> Answer:
    """One poll. Raises NoAnswer."""
    return call(address, "GET", view.health_path, timeout=view.health_timeout)


def poll(
    view: HostView,
    address: Address,
    ended: Callable[[], str | None],
    polls: int = POLLS,
    interval: float = INTERVAL,
) -> Healthy:
    """Polls until the plugin is healthy. Raises NeverHealthy.

    `ended` says how the plugin came to its end, or None while it runs.
    """
    seen = "nothing was asked"
    start = time.monotonic()
    for number in range(1, polls + 1):
        try:
            answer = ask(view, address)
            if is_healthy(answer):
                return Healthy(number, answer, time.monotonic() - start)
            seen = f"GET {view.health_path} answered {answer.summary()}"
        except NoAnswer as error:
            seen = f"GET {view.health_path}: {error}"
        if how := ended():
            raise NeverHealthy(how)
        time.sleep(interval)
    raise NeverHealthy(f"the plugin was not healthy after {polls} polls; the last: {seen}")
