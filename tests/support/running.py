"""A plugin on this machine: started on a port, or tried by its own tests."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path
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


def own_tests(project: Path) -> str:
    """What a plugin's own tests of manifest and logic say; "" if they pass."""
    files = ("tests/test_manifest.py", "tests/test_logic.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        cwd=project,
        # They need no plugin of pytest, and loading those takes longer than the tests.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    return "" if done.returncode == 0 else done.stdout
