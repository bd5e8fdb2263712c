"""HTTP over sockets: one thread reads and writes all of them, executions have threads of their own.

The socket thread answers whatever is quick, health first of all, so that health does not wait for
an execution, unless one holds the interpreter: a single expression in C, such as a regular
expression or a power of large numbers, lets no other thread run until it ends. An execution's
thread writes its own answer; at the deadline the socket thread does.
"""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from plugin_runtime.app import App
from plugin_runtime.connection import Connection
from plugin_runtime.connections import READ, Connections
from plugin_runtime.container import Orphans
from plugin_runtime.exchange import PIECE, Exchange
from plugin_runtime.execution import Executor
from plugin_runtime.memory import Budget
from plugin_runtime.settings import Settings

LAST_SECONDS = 0.5  # for answers that are written after the time to drain is over
LATE_SECONDS = 0.5  # after SIGTERM; later connections get no answer
SLOW_SECONDS = 2.0  # after SIGTERM, for clients to take their answers and to end
STALLED = "No data came for a second, and other requests need the memory; try again."
ROUND_SECONDS = 1.0  # between two looks at slow clients and at orphans
TURN_SECONDS = 0.05  # for bodies, before new clients and short requests have their turn again


class Server:
    """Serves the application on a socket that already listens."""

    def __init__(
        self,
        app: App,
        executor: Executor,
        listener: socket.socket,
        settings: Settings,
        budget: Budget,
    ) -> None:
        self._app = app
        self._executor = executor
        self._listener = listener
        self._settings = settings
        self._selector = selectors.DefaultSelector()
        self._connections = Connections(listener, self._selector, settings, budget)
        self._exchange = Exchange(app, executor, self._connections, self.wake)
        self._orphans = Orphans()
        self._next_round = 0.0
        self._wake_reader, self._wake_writer = socket.socketpair()
        for end in (listener, self._wake_reader, self._wake_writer):
            end.setblocking(False)
        self._selector.register(self._wake_reader, READ)
        self._selector.register(listener, READ)

    @property
    def address(self) -> str:
        """Host and port on which it listens."""
        host, port = self._listener.getsockname()[:2]
        return f"{host}:{port}"

    @property
    def wake_socket(self) -> int:
        """Number of the socket on which any byte makes the socket thread look around."""
        return self._wake_writer.fileno()

    def wake(self) -> None:
        """Make the socket thread look around; from any thread."""
        with suppress(BlockingIOError):
            self._wake_writer.send(b"\0")

    def serve_until(self, end: Callable[[], bool]) -> None:
        """Serve in this thread until `end` returns True; `wake` makes it look at once."""
        while not end():
            self._turn(longest=1.0)

    def serve(self) -> None:
        """Serve until the application is stopping, then until every answer is out or time is up."""
        self.serve_until(self._app.stopping)
        stopped = time.monotonic()
        until = stopped + self._settings.drain_seconds
        self._refuse_the_unfinished()
        while (self._is_needed(stopped) or self._has_news()) and time.monotonic() < until:
            self._turn(longest=0.02)
            self._refuse_the_unfinished()
            if self._listener.fileno() >= 0 and time.monotonic() - stopped > LATE_SECONDS:
                self._selector.unregister(self._listener)
                self._listener.close()
        # Answer clients that still wait; then allow a moment to write the answers.
        self._executor.expire()
        until = time.monotonic() + LAST_SECONDS
        while self._is_needed(stopped) and time.monotonic() < until:
            self._turn(longest=0.02)

    def _refuse_the_unfinished(self) -> None:
        """Tell clients that are still sending a request that it will not be executed."""
        for connection in self._connections:
            if connection.parser.started and not (connection.busy or connection.closing):
                self._exchange.refuse(connection, 503, "The plugin is stopping.")

    def _is_needed(self, stopped: float) -> bool:
        """Whether any request is in work, or a client has time left to take its answer."""
        now = time.monotonic()
        return any(
            connection.busy
            or (
                (connection.unsent or connection.lingering)
                and now - max(stopped, connection.since or connection.active) < SLOW_SECONDS
            )
            for connection in self._connections
        )

    def _has_news(self) -> bool:
        """Whether something has arrived that closing would answer with a reset."""
        return any(
            (key.data is not None and not key.data.lingering) or key.fileobj is self._listener
            for key, _ in self._selector.select(0)
        )

    def _turn(self, longest: float) -> None:
        wait = 0.0 if self._exchange.waiting else self._executor.seconds_left(longest)
        bodies: list[tuple[Connection, int]] = []
        for key, events in self._selector.select(wait):
            if key.data is None:
                self._greet() if key.fileobj is self._listener else self._wake_reader.recv(PIECE)
            elif key.data.parser.in_body:
                bodies.append((key.data, events))
            else:
                self._exchange.attend(key.data, events)
        if bodies:
            self._read_bodies(bodies)
        for _ in range(len(self._exchange.waiting)):
            self._exchange.attend(self._exchange.waiting.popleft())
        self._executor.give_up_overdue()
        now = time.monotonic()
        if now >= self._next_round:
            self._next_round = now + ROUND_SECONDS
            self._look_around(now)

    def _look_around(self, now: float) -> None:
        for stalled in self._connections.close_the_slow(now):
            self._exchange.refuse(stalled, 429, STALLED)
        self._orphans.reap(now, busy=self._executor.in_flight > 0)

    def _read_bodies(self, bodies: list[tuple[Connection, int]]) -> None:
        """Read on where a body is on its way; who has waited for longest has the first turn."""
        until = time.monotonic() + TURN_SECONDS
        for connection, events in sorted(bodies, key=lambda body: body[0].active):
            self._exchange.attend(connection, events)
            if time.monotonic() > until:
                return  # the selector reports the others again

    def _greet(self) -> None:
        for connection in self._connections.accept():
            self._exchange.attend(connection, READ)  # most have sent their request by now
