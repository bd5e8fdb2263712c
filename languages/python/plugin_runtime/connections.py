"""All clients of the server: who is let in, what is waited for, and who is closed and when."""

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

from plugin_runtime.connection import Connection
from plugin_runtime.memory import Budget
from plugin_runtime.settings import Settings

LINGER_SECONDS = 2.0  # how long a client may go on sending after its last answer
STALLED_SECONDS = 1.0  # without a byte; then it makes room for others where memory is short
NEW_SECONDS = 0.5  # after which a request makes room for others where descriptors are short
AT_ONCE = 64  # new clients, before the others have their turn
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Connections:
    """The open connections, and the selector that waits for them; for the socket thread only."""

    def __init__(
        self,
        listener: socket.socket,
        selector: selectors.BaseSelector,
        settings: Settings,
        budget: Budget,
    ) -> None:
        self._listener = listener
        self._selector = selector
        self._settings = settings
        self._budget = budget
        self._open: dict[Connection, None] = {}

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._open

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._open))

    def accept(self) -> Iterator[Connection]:
        """Take in the clients that wait, and make room for them."""
        for _ in range(AT_ONCE):
            try:
                client, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError:  # out of file descriptors, or the client is gone
                self._close_the_oldest(NEW_SECONDS)
                time.sleep(0.01)
                return
            most = self._settings.max_connections
            if len(self._open) >= most and len(self._idle()) >= most:
                self._close_the_oldest()
            connection = Connection(client, self._settings, self._budget)
            self._open[connection] = None
            self.watch(connection, READ)
            yield connection

    def watch(self, connection: Connection, events: int) -> None:
        """Wait for these events, or for nothing; `hand_over` is held if it may be busy."""
        if events == connection.events:
            return
        if not events:
            self._selector.unregister(connection.socket)
        elif connection.events:
            self._selector.modify(connection.socket, events, connection)
        else:
            self._selector.register(connection.socket, events, connection)
        connection.events = events

    def linger(self, connection: Connection) -> None:
        """Let the client see the end, and wait for its own."""
        connection.lingering, connection.active = True, time.monotonic()
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.close(connection)
        else:
            self.watch(connection, READ)

    def most_stalled(self, but: Connection) -> Connection | None:
        """The incomplete request, of another connection, of which nothing came for longest."""
        latest = time.monotonic() - STALLED_SECONDS
        stalled = [c for c in self._idle() if c.memory.size and c is not but and c.active < latest]
        return min(stalled, key=lambda connection: connection.active, default=None)

    def close_the_slow(self, now: float) -> list[Connection]:
        """Close who is idle, sends or takes too slowly, or lingers too long.

        Returns:
            Those whose request is stalled while memory is short: they are to be refused.
        """
        idle = self._idle()
        for connection in idle:
            if self._is_slow(connection, now):
                self.close(connection)
        if not self._budget.is_short:
            return []
        latest = now - STALLED_SECONDS
        return [c for c in idle if c.memory.size and c.active < latest and not c.closing]

    def _is_slow(self, connection: Connection, now: float) -> bool:
        settings, silent = self._settings, now - connection.active
        if connection.lingering:
            return silent > LINGER_SECONDS
        if connection.unsent:
            stalled = silent > STALLED_SECONDS and connection.unsent_memory.size > 0
            late = now - connection.since > settings.answer_seconds
            return late or (stalled and self._budget.is_short)
        if connection.since:
            return now - connection.since > settings.request_seconds
        return silent > settings.idle_seconds

    def _idle(self) -> list[Connection]:
        return [connection for connection in self._open if not connection.busy]

    def _close_the_oldest(self, seconds: float = 0) -> None:
        """Close the connection whose request, answer or silence is oldest, if it is that old."""
        oldest = min(self._idle(), key=_began, default=None)
        if oldest is not None and time.monotonic() - _began(oldest) >= seconds:
            self.close(oldest)

    def close(self, connection: Connection) -> None:
        """End a connection at once."""
        connection.closing = True
        self.watch(connection, 0)
        self._open.pop(connection, None)
        if not connection.busy:  # else its answerer releases it
            connection.unsent_memory.release()
        connection.memory.release()
        with suppress(OSError):  # a child forked by the author's code may hold it open
            connection.socket.shutdown(socket.SHUT_RDWR)
        connection.socket.close()


def _began(connection: Connection) -> float:
    return connection.since or connection.active
