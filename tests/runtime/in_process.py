"""The parts of the server in this process: real sockets, a clock that tests move, no threads."""

from __future__ import annotations

import json
import selectors
import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.runtime.runtime_modules import runtime_module

http_server = runtime_module("http_server")
connections = runtime_module("connections")
exchange = runtime_module("exchange")
memory = runtime_module("memory")
responses = runtime_module("responses")
TIMED = ("http_server", "connections", "connection", "exchange", "http_request", "memory")
MIB = 1024 * 1024
START = 1.0
"""Small, so that differences of times are not mistaken for remainders."""
GET = b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n"
EXECUTE = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
UPLOAD = b"POST /page HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b"


class Clock:
    """Takes the place of the module `time`; `plans` are called when their time has come."""

    def __init__(self) -> None:
        self.now = START
        self.slept = 0.0
        self.plans: list[tuple[float, Callable[[], Any]]] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept += seconds
        self.pass_by(seconds)

    def at(self, seconds: float, call: Callable[[], Any]) -> None:
        """Call something once the clock has moved on by so many seconds."""
        self.plans.append((self.now + seconds, call))

    def pass_by(self, seconds: float) -> None:
        until = self.now + seconds
        for due in [plan for plan in self.plans if plan[0] <= until]:
            self.plans.remove(due)
            self.now = max(self.now, due[0])
            due[1]()
        self.now = max(self.now, until)


class Selector(selectors.DefaultSelector):
    """Waits on the test's clock: what is not ready at once comes from a plan of the clock."""

    clock: Clock

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        assert timeout is not None
        if not ready:
            self.waits.append(timeout)
            assert len(self.waits) < 5000, "it goes on for ever"
            due = [at - self.clock.now for at, _ in self.clock.plans]
            self.clock.pass_by(min([timeout, *due]))
            ready = super().select(0)
        return ready


class Executor:
    """Runs nothing by itself: a test calls `finish` or `expire`."""

    def __init__(self, clock: Clock) -> None:
        self.jobs: list[tuple[Any, Any, Any]] = []
        self.is_full = False
        self.next_deadline = float("inf")
        self.expired: list[float] = []
        self._clock = clock

    @property
    def in_flight(self) -> int:
        return len(self.jobs)

    def start(self, work: Any, on_deadline: Any) -> Any:
        if self.is_full:
            return None
        job: Any = SimpleNamespace(late=False)
        job.finish = lambda: not job.late
        self.jobs.append((work, on_deadline, job))
        return job

    def finish(self) -> None:
        """Do the work of the oldest execution."""
        work, _, job = self.jobs.pop(0)
        work(job)

    def expire(self) -> None:
        self.expired.append(self._clock.now)

    def give_up(self) -> None:
        """Let the deadline of the oldest execution come."""
        _, on_deadline, job = self.jobs[0]
        job.late = True
        on_deadline(job)

    def give_up_overdue(self) -> None:
        if self._clock.now >= self.next_deadline or self.expired:
            for _, _, job in self.jobs:
                if not job.late:
                    self.give_up()

    def seconds_left(self, longest: float) -> float:
        return max(0.0, min(longest, self.next_deadline - self._clock.now))


class App:
    """Answers every request with `body`."""

    def __init__(self) -> None:
        self.body = b"{}"
        self.stops = False
        self.broken = False
        self.jobs: list[Any] = []

    def stopping(self) -> bool:
        return self.stops

    def is_execution(self, method: str, path: str) -> bool:
        return path == "/execute"

    def answer(self, request: Any, job: Any) -> Any:
        self.jobs.append(job)
        if self.broken:
            raise RuntimeError("no answer can be made")
        if job is not None and job.late:
            return None
        return responses.Response(200, self.body)

    def time_out(self, job: Any) -> Any:
        return responses.failure(504, "It took too long.")


class Place:
    """A listener, the connections to it, and clients."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.settings = SimpleNamespace(
            max_connections=100,
            max_header_bytes=2000,
            max_body_bytes=8 * MIB,
            idle_seconds=60,
            request_seconds=30,
            answer_seconds=20,
            drain_seconds=9,
        )
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.app, self.executor = App(), Executor(clock)
        self.budget = memory.Budget(1)
        self.budget.size = 64 * MIB
        self.clients: list[socket.socket] = []
        self.server = http_server.Server(
            self.app, self.executor, self.listener, self.settings, self.budget
        )
        self.connections: Any = self.server._connections
        self.exchange: Any = self.server._exchange
        self.selector: Any = self.server._selector

    def connect(self, sends: bytes = b"", takes: int = 0) -> socket.socket:
        """Connect a client; `takes` bytes is about what it takes before it reads."""
        client = socket.socket()
        if takes:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(10)
        client.connect(self.listener.getsockname())
        client.sendall(sends)
        self.clients.append(client)
        return client

    def let_in(self, sends: bytes = b"", takes: int = 0) -> tuple[socket.socket, Any]:
        """Connect a client; return it and the connection, of which nothing has been read."""
        client = self.connect(takes=takes)
        (connection,) = self.connections.accept()
        client.sendall(sends)
        return client, connection

    def close(self) -> None:
        for client in self.clients:
            client.close()
        for connection in self.connections:
            connection.busy = False
            self.connections.close(connection)
        for end in (self.server._wake_reader, self.server._wake_writer, self.listener):
            end.close()
        self.selector.close()


def received(client: socket.socket) -> bytes:
    """Everything that has been sent to a client and that it has not taken yet."""
    found = b""
    client.setblocking(False)
    try:
        while data := client.recv(1 << 20):
            found += data
    except BlockingIOError:
        pass
    finally:
        client.settimeout(10)
    return found


def is_closed(client: socket.socket) -> bool:
    """Whether the server has ended a connection from which nothing is left to take."""
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    finally:
        client.settimeout(10)


def statuses(answers: bytes) -> list[int]:
    """The status of each answer."""
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def error_of(answer: bytes) -> str:
    """The error of one answer."""
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["error"])


def log_of(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lines that the exchange logs; its logger has handlers of its own."""
    logged: list[str] = []

    def error(text: str, *arguments: object, **_: object) -> None:
        logged.append(text % arguments)

    monkeypatch.setattr(exchange, "logger", SimpleNamespace(error=error))
    return logged
