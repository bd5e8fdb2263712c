"""A container that was started as the host does."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any

from stage7_plugin.contract.targets.base import LOG_BYTES, Running
from stage7_plugin.host.http_client import NoAnswer, call
from stage7_plugin.host.run import HostRun

if TYPE_CHECKING:
    from docker import APIClient

STALLED_SECONDS = 1.0
"""The engine has taken no line for so long: its buffers are full."""
_WORTH_TELLING = 0.2
"""Seconds from which on it is cheaper to be told of an end than to ask for it."""


class Container(Running):
    """One container of a HostRun."""

    def __init__(self, client: APIClient, run: HostRun) -> None:
        self._client, self._run = client, run
        self.view, self.address = run.view, run.address
        self._unread: Any = None
        self._terminated_at = 0.0

    def ended(self) -> str | None:
        self.read_output_again()  # the engine tells nothing of a container whose output is stuck
        return self._run.ended()

    def exit_code(self) -> int | None:
        state = self._run.state()
        return None if state["Running"] else int(state["ExitCode"])

    def send_sigterm(self) -> None:
        self._terminated_at = self._engine_time()
        self._run.kill("SIGTERM")

    def kill(self) -> None:
        self._run.remove()

    def log(self) -> str:
        chunks: deque[bytes] = deque()
        size = 0
        stream = self._client.logs(
            self._run.name, stdout=True, stderr=True, stream=True, follow=False
        )
        for chunk in stream:
            chunks.append(chunk)
            size += len(chunk)
            while size > LOG_BYTES and len(chunks) > 1:
                size -= len(chunks.popleft())
        return b"".join(chunks)[-LOG_BYTES:].decode("utf-8", "replace")

    def users(self) -> set[str]:
        return self._run.users()

    def own_health_check(self) -> tuple[str, str] | None:
        health = self._run.state().get("Health")
        if not health:
            return None
        return health["Status"], (health.get("Log") or [{}])[-1].get("Output", "").strip()

    def command_lines(self) -> str:
        rows = self._client.top(self._run.name, ps_args="-eo pid,args")["Processes"]
        return " ".join(" ".join(row[1:]) for row in rows)

    def leave_output_unread(self) -> None:
        """Attach and never read: the engine then takes no more than it can hold, about 1.3 MB."""
        params = {"stdout": 1, "stderr": 1, "stream": 1}
        self._unread = self._client.attach_socket(self._run.name, params=params)

    def wait_for_stalled_output(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        seen, since = self._newest_line(), time.monotonic()
        while time.monotonic() < min(end, since + STALLED_SECONDS):
            time.sleep(0.1)
            if (newest := self._newest_line()) != seen:
                seen, since = newest, time.monotonic()

    def _newest_line(self) -> bytes:
        return bytes(self._client.logs(self._run.name, tail=1, timestamps=True))

    def read_output_again(self) -> None:
        """Undo leave_output_unread."""
        if self._unread is not None:
            with contextlib.suppress(OSError):
                self._unread._sock.shutdown(socket.SHUT_RDWR)
            self._unread.close()
            self._unread = None

    def wait(self, seconds: float) -> float | None:
        if self._unread is None:
            return self._wait_for_engine(seconds)
        # While its output is stuck, the engine hides the end of a container. It knows the time of
        # it afterwards; what ended only because its output was taken ended too late.
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._answers():
            time.sleep(0.1)
        time.sleep(min(1.0, max(0.0, end - time.monotonic())))
        released = self._engine_time()
        if super().wait(5.0) is None:
            return None
        finished = _timestamp(self._run.state()["FinishedAt"])
        return finished - self._terminated_at if finished < released else None

    def _wait_for_engine(self, seconds: float) -> float | None:
        """Let the engine tell the end: asking a hundred times a second slows the plugin down."""
        import requests

        if seconds < _WORTH_TELLING:
            return super().wait(seconds)
        start = time.monotonic()
        try:
            # requests takes any number; the types of the SDK say int.
            self._client.wait(self._run.name, timeout=seconds)  # type: ignore[arg-type]
        except requests.exceptions.RequestException:  # the time is over
            return super().wait(0.0)
        elapsed = time.monotonic() - start
        # The engine cleans up before it reports the end, which takes a second on a busy machine.
        finished = _timestamp(self._run.state()["FinishedAt"])
        return min(elapsed, finished - self._terminated_at) if self._terminated_at else elapsed

    def _answers(self) -> bool:
        try:
            call(self.address, "GET", self.view.health_path, timeout=1)
        except NoAnswer as error:
            return "no complete answer" in str(error)
        return True

    def _engine_time(self) -> float:
        return _timestamp(self._client.info()["SystemTime"])


def _timestamp(text: str) -> float:
    """Return the engine's time, which has nine digits after the point, as seconds."""
    short = re.sub(r"\.(\d{1,6})\d*", lambda match: f".{match[1]:<06}", text)
    return datetime.fromisoformat(short.replace("Z", "+00:00")).timestamp()
