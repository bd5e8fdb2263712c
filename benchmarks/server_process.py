"""A stack as a process on the first CPU: started, asked, measured, ended."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.stack import TEXT, Stack
from benchmarks.workplace import Place, free_port, server_cpu

START_SECONDS = 60


class Server:
    """A running server. Its output goes nowhere, as for every other stack."""

    def __init__(self, stack: Stack, place: Place, pinned: bool = True, **environ: str) -> None:
        self.stack = stack
        self.port = free_port()
        self.process = subprocess.Popen(
            [*(server_cpu() if pinned else ()), *place.command(stack, self.port)],
            cwd=place.folder,
            env={**place.environment(stack, self.port), **environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=os.setpgrp,  # not a new session, which would have a priority of its own
        )

    def wait_healthy(self) -> None:
        """Raise TimeoutError if it does not become healthy."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, body = self.request("GET", self.stack.health)
                if status == 200 and self.stack.healthy.encode() in body:
                    return
            time.sleep(0.02)
        raise TimeoutError(f"{self.stack.name} did not become healthy: {self.process.args!r}")

    def request(
        self, method: str, path: str, body: bytes | None = None, timeout: float = 60
    ) -> tuple[int, bytes]:
        """Status and body of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def execute(self, text: str = TEXT, seconds: float = 0) -> tuple[int, bytes]:
        """One execution."""
        return self.request("POST", self.stack.endpoint, self.stack.body(text, seconds))

    def check(self) -> None:
        """Raise RuntimeError unless an execution gives its text back."""
        status, body = self.execute()
        if status != 200 or TEXT.encode() not in body:
            raise RuntimeError(f"{self.stack.name} answered {status} {body[:200]!r}")

    def processes(self) -> list[int]:
        """The process and its descendants."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, task.read_text().split())
        return found

    def memory_mb(self) -> float:
        """Resident memory (RSS) of the process and its descendants, in MB."""
        return sum(_status(pid, "VmRSS") for pid in self.processes()) / 1000

    def threads(self) -> int:
        """Threads of the process and its descendants."""
        return sum(_status(pid, "Threads") for pid in self.processes())

    def open_files(self) -> int:
        """File descriptors of the process and its descendants."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.processes())  # noqa: PTH208

    def end(self) -> None:
        """Kill it and its descendants."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def serving(stack: Stack, place: Place, pinned: bool = True, **environ: str) -> Iterator[Server]:
    """A healthy server that works; it is killed at the end. Not `pinned`, it has every CPU."""
    server = Server(stack, place, pinned, **environ)
    try:
        server.wait_healthy()
        if stack.works:
            server.check()
        yield server
    finally:
        server.end()


def _status(pid: int, key: str) -> int:
    """A number of /proc/PID/status; memory in kB of 1000 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            value = int(line.split()[1])
            return value * 1024 // 1000 if line.endswith("kB") else value
    return 0
