"""A plugin that is being started on a port of this machine."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any


def request(port: int, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def wait_healthy(port: int) -> None:
    """Return once it is healthy; fail after a minute."""
    deadline = time.monotonic() + 60
    while True:
        try:
            if request(port, "GET", "/health")[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        assert time.monotonic() < deadline, f"nothing healthy on port {port}"
        time.sleep(0.1)
