"""`server.py` as a process: started with a chosen environment, talked to, signalled."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SOON = 25.0  # seconds, however busy the machine is; what must not be waited for takes 30 and more
DRAIN = "60"  # seconds that a stopping server waits for executions, unless a test sets them

MANIFEST: dict[str, Any] = {
    "id": "obedient",
    "version": "1.2.3",
    "inputDefinitions": [
        {"name": "do", "type": "string", "required": True, "aliases": ["action", "verb"]},
        {"name": "value", "type": "any", "required": False},
        {"name": "seconds", "type": "number", "required": False, "defaultValue": 0},
        {"name": "settings", "type": "object", "required": False},
        {"name": "flag", "type": "boolean", "required": False},
        {"name": "names", "type": "array", "required": False},
        {"name": "password", "type": "string", "required": False, "secret": True},
    ],
    "outputDefinitions": [
        {"name": "result", "type": "any", "required": True},
        {"name": "count", "type": "number", "required": False},
    ],
    "configuration": [
        {"key": "MAILBOX", "type": "secret", "required": False, "description": "A mailbox"}
    ],
    "container": {
        "ports": [{"container": 8080, "host": 0}],
        "resources": {"memory": "256m", "cpu": "0.25"},
        "healthCheck": {"path": "/health"},
    },
    "api": {"endpoint": "/execute", "method": "POST", "timeout": 2000},
}


def write_manifest(folder: Path, changes: dict[str, Any]) -> None:
    """Write the manifest with some of its top-level keys changed."""
    (folder / "manifest.json").write_text(json.dumps({**MANIFEST, **changes}), "utf-8")


def free_port() -> str:
    """A port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


class PluginProcess:
    """A running plugin.

    Args:
        folder: a plugin's folder.
        environ: variables on top of a nearly empty environment.
        output: a descriptor for standard output and error in place of the log file; `environ` must
            then hold the port, because no line of the log says it.
        arguments: of `server.py`.
        command: what to start in place of `server.py`: a server in another language.
    """

    def __init__(
        self,
        folder: Path,
        environ: dict[str, str],
        output: int | None = None,
        arguments: Sequence[str] = (),
        command: Sequence[str] = (),
    ) -> None:
        self.log_file = folder / "log"
        self._log_begins = 0  # in bytes
        self.started = time.monotonic()
        port = environ.get("PLUGIN_PORT", "")
        self._port = int(port) if port.isdecimal() else 0
        self._listening = 0
        python = [sys.executable, "-E", "-s", str(folder / "server.py")]
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                command or [*python, *arguments],
                env={
                    "PLUGIN_PORT": "0",
                    "PLUGIN_HOST": "127.0.0.1",
                    "PLUGIN_DRAIN_SECONDS": DRAIN,
                    **environ,
                },
                cwd="/",
                stdout=log if output is None else output,
                stderr=log if output is None else output,
            )

    @property
    def log(self) -> str:
        """Everything that was written to standard output and error, since `begin_log` if called."""
        return self.log_file.read_bytes()[self._log_begins :].decode("utf-8")

    def begin_log(self) -> None:
        """Wait until it listens; let `log` and `lines` begin with what is written from now on."""
        _ = self.port
        self._log_begins = self.log_file.stat().st_size

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log's complete lines, each of which must be a JSON object."""
        return [
            json.loads(line) for line in self.log.splitlines(keepends=True) if line[-1:] == "\n"
        ]

    @property
    def port(self) -> int:
        """The port it listens on; waits for it."""
        if self._listening:
            return self._listening
        if self._port:
            self._wait_for_port()
            return self._port
        line = self.wait_for_line(lambda line: "address" in line)
        self._listening = int(line["address"].rpartition(":")[2])
        return self._listening

    def _wait_for_port(self, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port)).close()
                return
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.01)

    def wait_for_line(self, wanted: Any, seconds: float = 60) -> dict[str, Any]:
        """The first log line for which `wanted` is true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for line in self.lines:
                if wanted(line):
                    return line
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError(f"no such line; exit status {self.process.poll()}; log:\n{self.log}")

    def connect(self) -> socket.socket:
        """A plain connection, for requests that no HTTP client would send."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def raw(self, request: bytes) -> bytes:
        """Send bytes, return everything that comes back until the connection ends."""
        with self.connect() as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while data := connection.recv(65536):
                received += data
            return received

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers with lower-case names, and the body, decoded if it is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            dashed = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, dashed)
            answer = connection.getresponse()
            content = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
            is_json = found.get("content-type") == "application/json"
            return answer.status, found, json.loads(content) if is_json and content else content
        finally:
            connection.close()

    def get(self, path: str) -> tuple[int, Any]:
        """Status and body of a page."""
        status, _, body = self.request("GET", path)
        return status, body

    def post(self, body: bytes, **headers: str) -> tuple[int, Any]:
        """Status and answer of a body sent to the endpoint as it is."""
        headers = {"Content_Type": "application/json", **headers}
        status, _, answer = self.request("POST", "/execute", body, **headers)
        return status, answer

    def execute(
        self, inputs: dict[str, Any], context: dict[str, Any] | None = None
    ) -> tuple[int, Any]:
        """Status and answer of an execution."""
        return self.post(json.dumps({"inputs": inputs, "context": context or {}}).encode())

    def metric(self, name: str) -> float:
        """A sample of the metrics page, by its name with labels."""
        _, page = self.get("/metrics")
        for line in page.decode().splitlines():
            sample, _, value = line.rpartition(" ")
            if sample == name:
                return float(value)
        raise AssertionError(f"no {name} in {page.decode()}")

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float = 60) -> float:
        """Wait for the end; return how long that took, in seconds."""
        started = time.monotonic()
        self.process.wait(seconds)
        return time.monotonic() - started

    def threads(self) -> int:
        """Number of threads (Linux)."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def memory(self) -> int:
        """Highest resident memory so far, in bytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def own_memory(self) -> int:
        """As `memory`, without pages of files, which the kernel can drop: Node.js has 50 MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return self.memory() - int(status.partition("RssFile:")[2].split()[0]) * 1024

    def open_files(self) -> int:
        """Number of file descriptors (Linux)."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def kill(self) -> None:
        """End it whatever it does."""
        self.process.kill()
        self.process.wait()
