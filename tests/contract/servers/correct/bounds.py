"""What keeps the correct plugin alive: a budget of memory, and a log that never blocks."""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import sys
import threading
import time
from typing import Any

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3  # of malloc.h
COSTS = {b"[": 90, b"{": 90, b":": 130, b",": 40, b'"': 25}
"""Bytes that Python takes for what stands behind each of these when it decodes JSON."""


def estimate(body: bytes) -> int:
    """Bytes of memory that a body takes while it is decoded, executed and answered."""
    copies = 6 if body.isascii() else 12
    return copies * len(body) + sum(body.count(mark) * cost for mark, cost in COSTS.items())


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, error: str, **headers: str) -> None:
        super().__init__(error)
        self.status, self.error, self.headers = status, error, headers


class Budget:
    """Bytes that all requests together may take."""

    def __init__(self, total: int) -> None:
        self.total = self.free = total
        self.lock = threading.Lock()

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> Budget:
        """Three eighths of the memory; the rest is for what malloc does not give back."""
        if sys.platform == "linux":
            malloc = ctypes.CDLL(None).mallopt
            malloc(M_ARENA_MAX, 1)
            malloc(M_MMAP_THRESHOLD, 128 * 1024)
        megabytes = int(manifest["container"]["resources"]["memory"].rstrip("m"))
        return cls(megabytes * 1024 * 1024 * 3 // 8)

    def reserve(self, count: int) -> int:
        """Takes from the budget, or Refused; an ordinary request is too small to count."""
        if count < 64 * 1024:
            return 0
        if count > self.total:
            raise Refused(413, "the body takes too much memory")
        with self.lock:
            if count > self.free:
                raise Refused(429, "too much memory is taken", **{"Retry-After": "1"})
            self.free -= count
        return count

    def give(self, count: int) -> None:
        with self.lock:
            self.free += count


class Log:
    """Lines for standard output, written by a thread of their own and dropped beyond a bound."""

    def __init__(self) -> None:
        self.lines: queue.Queue[str] = queue.Queue(2000)
        self.dropped = 0
        threading.Thread(target=self.write, daemon=True).start()

    def add(self, line: str) -> None:
        try:
            self.lines.put_nowait(line)
        except queue.Full:
            self.dropped += 1

    def make_noise(self) -> None:
        for number in range(2000):
            self.add(f"line {number}".ljust(1000, "."))

    def write(self) -> None:
        while True:
            line = self.lines.get()
            with contextlib.suppress(OSError):
                os.write(1, f"{line}\n".encode())
            self.lines.task_done()

    def flush(self, seconds: float = 0.3) -> None:
        end = time.monotonic() + seconds
        while self.lines.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.005)
