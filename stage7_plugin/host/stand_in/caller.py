"""How the host's agents call the CapabilitiesManager: a failing step is executed six times."""

from __future__ import annotations

import time
from typing import Any

from stage7_plugin.host.http_client import Address, NoAnswer, call

TRIES = 3
"""Times that an agent tries a step (Agent.ts)."""
SENDS = 2
"""Times that its HTTP client sends a request that fails (createAuthenticatedAxios.ts)."""
_FINAL = (400, 403, 404)
_SECONDS = 1800.0


def run_step(address: Address, step: Any, pause: float = 1.0) -> tuple[int, Any]:
    """Execute a step as an agent does; return the last status and body.

    Args:
        address: Where the CapabilitiesManager listens.
        step: The body for `/executeAction`.
        pause: Seconds after the first failed try; the second waits twice as long.
    """
    status, body = 0, None
    for attempt in range(1, TRIES + 1):
        for _ in range(SENDS):
            try:
                answer = call(address, "POST", "/executeAction", payload=step, timeout=_SECONDS)
            except NoAnswer:
                continue
            status, body = answer.status, answer.document
            if answer.succeeded:
                return status, body
            if status in _FINAL:
                break
        if attempt < TRIES:
            time.sleep(pause * attempt)
    return status, body
