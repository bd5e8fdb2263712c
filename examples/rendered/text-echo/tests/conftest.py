"""What the tests share: the manifest, the example request, and the plugin as a running process."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """`server.py` on a free port of this machine, with its log in a file."""

    def __init__(self, log: Path) -> None:
        self.log = log
        environ = {**os.environ, "PLUGIN_PORT": "0", "PLUGIN_HOST": "127.0.0.1", "PORT": "1"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-E", "-s", "server.py"],
                cwd=ROOT,
                env=environ,
                stdout=output,
                stderr=output,
            )
        self.port = self._port()

    def _port(self) -> int:
        for _ in range(200):
            for line in self.lines():
                if "address" in line:
                    return int(line["address"].rpartition(":")[2])
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"server.py did not start:\n{self.log.read_text('utf-8')}")

    def lines(self) -> list[dict[str, Any]]:
        """The log so far; every complete line of it is one JSON object."""
        text = self.log.read_text("utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1:] == "\n"]

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request; return the status and the answer, decoded if it is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            is_json = answer.getheader("Content-Type") == "application/json"
            return answer.status, json.loads(content) if is_json else content.decode()
        finally:
            connection.close()

    def stop(self) -> float:
        """Send SIGTERM; return the seconds until the process was gone."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return time.monotonic() - started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The plugin, running."""
    running = Server(tmp_path / "log")
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """manifest.json."""
    document: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text("utf-8"))
    return document


@pytest.fixture
def request_body() -> dict[str, Any]:
    """examples/request.json, which the README's curl line sends."""
    document: dict[str, Any] = json.loads((ROOT / "examples" / "request.json").read_text("utf-8"))
    return document
