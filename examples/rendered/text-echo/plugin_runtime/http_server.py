"""HTTP over sockets: one thread reads and writes all of them, executions have threads of their own.

The socket thread answers whatever is quick, health first of all, so that health never waits for
an execution. An execution's thread writes its own answer; at the deadline the socket thread does.
Slow and surplus connections are closed, and the end waits for running answers.
"""

import selectors
import socket
import time
from collections import deque
from contextlib import suppress

from plugin_runtime.answers import Answer, failure
from plugin_runtime.app import App
from plugin_runtime.execution import Executor, Job, current_job, describe
from plugin_runtime.http_request import BadRequest, Parser, Request
from plugin_runtime.logs import logger
from plugin_runtime.settings import Settings

LAST_SECONDS = 0.5  # for answers that are written after the time to drain is over
LINGER_SECONDS = 2.0  # how long a client may go on sending after its last answer
PIECE = 65536  # bytes read at once; the host sends hundreds of kB with every execution
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Connection:
    """One client. Only the socket thread reads; `busy` says that an execution's thread may write.

    Attributes:
        unsent: What the client has not taken yet of its answers.
        closing: No further request is read; the connection ends once everything is written.
        lingering: Everything is written, and the client is waited for: closing at once while it
            still sends would show it a reset instead of its answer.
    """

    __slots__ = (
        "active", "busy", "closing", "events", "lingering", "parser", "socket", "unsent",
    )  # fmt: skip
    unsent: bytes | memoryview

    def __init__(self, client: socket.socket, settings: Settings) -> None:
        client.setblocking(False)
        # Answers are written whole: waiting to fill a packet would only delay them.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = client
        self.parser = Parser(settings.max_header_bytes, settings.max_body_bytes)
        self.active = time.monotonic()
        self.events = 0
        self.unsent = b""
        self.busy = self.closing = self.lingering = False

    def send(self, octets: bytes | memoryview) -> None:
        """Send what the client takes at once, and keep the rest; in whichever thread answers."""
        try:
            sent = self.socket.send(octets)
        except BlockingIOError:
            sent = 0
        except OSError:  # the client is gone
            self.closing, sent = True, len(octets)
        self.unsent = memoryview(octets)[sent:] if sent < len(octets) else b""


class Server:
    """Serves the application on a socket that already listens."""

    def __init__(
        self, app: App, executor: Executor, listener: socket.socket, settings: Settings
    ) -> None:
        self._app = app
        self._executor = executor
        self._listener = listener
        self._settings = settings
        self._selector = selectors.DefaultSelector()
        self._connections: dict[Connection, None] = {}
        self._answered: deque[Connection] = deque()  # by executions; the rest is done here
        self._wake_reader, self._wake_writer = socket.socketpair()
        for end in (listener, self._wake_reader, self._wake_writer):
            end.setblocking(False)
        self._selector.register(self._wake_reader, READ)
        self._selector.register(listener, READ)
        self._next_round = 0.0

    @property
    def address(self) -> str:
        """Host and port on which it listens."""
        host, port = self._listener.getsockname()[:2]
        return f"{host}:{port}"

    def wake(self) -> None:
        """Make the socket thread look around; from any thread, or a signal handler."""
        with suppress(BlockingIOError):
            self._wake_writer.send(b"\0")

    def serve(self) -> None:
        """Serve until the application is stopping, then until every answer is out or time is up."""
        while not self._app.stopping():
            self._turn(longest=1.0)
        until = time.monotonic() + self._settings.drain_seconds
        while self._is_needed() and time.monotonic() < until:
            self._turn(longest=0.02)
        # Whoever still waits is told so; then a moment to write it.
        self._executor.expire()
        until = time.monotonic() + LAST_SECONDS
        while self._is_needed() and time.monotonic() < until:
            self._turn(longest=0.02)

    def _is_needed(self) -> bool:
        """Whether any request is in work or an answer on its way."""
        return any(connection.busy or connection.unsent for connection in self._connections)

    def _turn(self, longest: float) -> None:
        for key, events in self._selector.select(self._executor.seconds_left(longest)):
            if key.data is not None:
                self._serve_connection(key.data, events)
            elif key.fileobj is self._listener:
                self._accept()
            else:
                self._wake_reader.recv(PIECE)
        while self._answered:
            self._advance(self._answered.popleft())
        self._executor.give_up_overdue()
        now = time.monotonic()
        if now >= self._next_round:
            self._next_round = now + 1
            self._close_the_slow(now)

    # --- one connection

    def _serve_connection(self, connection: Connection, events: int) -> None:
        if connection not in self._connections:
            return  # closed since the events were collected
        if events & WRITE and connection.unsent:
            connection.send(connection.unsent)
            connection.active = time.monotonic()
        if events & READ:
            if connection.busy:
                # It sends ahead, or is gone. Either is looked at once its execution is answered.
                self._watch(connection, 0)
                if not connection.busy:  # just now; its thread may not have seen that
                    self._answered.append(connection)
                return
            self._read(connection)
        self._advance(connection)

    def _read(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            # Everything that was asked is answered, or it would not be read here.
            self._close(connection)
        elif not connection.lingering:
            connection.active = time.monotonic()
            connection.parser.feed(data)

    def _advance(self, connection: Connection) -> None:
        """Answer what has arrived, until the client has to send or to take something first."""
        try:
            while not (connection.busy or connection.closing or connection.unsent):
                request = connection.parser.next()
                if request is None:
                    if connection.parser.expects_continue():
                        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                    break
                self._handle(connection, request)
        except BadRequest as refused:
            self._answer(connection, None, failure(refused.status, refused.error))
        self._settle(connection)

    def _settle(self, connection: Connection) -> None:
        """Wait for whatever comes next on this connection, or end it."""
        if connection not in self._connections:
            return  # closed meanwhile
        if connection.busy:
            # Not for writing any more; and not at all if it has sent ahead.
            self._watch(connection, READ if connection.events else 0)
        elif connection.unsent:
            self._watch(connection, WRITE)
        elif connection.closing and not connection.lingering:
            self._linger(connection)
        else:
            self._watch(connection, READ)

    def _linger(self, connection: Connection) -> None:
        """Let the client see the end, and wait for its own."""
        connection.lingering, connection.active = True, time.monotonic()
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
        else:
            self._watch(connection, READ)

    def _handle(self, connection: Connection, request: Request) -> None:
        if self._app.stopping():
            request.keep_alive = False
        if self._app.is_execution(request.method, request.path):
            connection.busy = True
            job = self._executor.start(
                lambda: self._execute(connection, request),
                lambda job: self._answer_late(connection, request, job),
            )
            if job is not None:
                return
            connection.busy = False
        self._answer(connection, request, self._make_answer(request))

    def _make_answer(self, request: Request) -> Answer | None:
        try:
            return self._app.answer(request)
        except BaseException as error:  # an error of ours must not leave the client without one
            logger.error("no answer to %s: %s", request.path, describe(error), exc_info=error)
            job = current_job.get()
            late = job is not None and not job.finish()
            return None if late else failure(500, "The answer could not be made; see the log.")

    def _execute(self, connection: Connection, request: Request) -> None:
        """Run one execution and answer it; in the execution's thread."""
        answer = self._make_answer(request)
        if answer is None:
            return  # its deadline came first
        self._answer(connection, request, answer)
        connection.busy = False
        if connection.parser or connection.unsent or connection.closing or not connection.events:
            self._answered.append(connection)
            self.wake()

    def _answer_late(self, connection: Connection, request: Request, job: Job) -> None:
        """Answer in place of the thread that still works on the request."""
        request.keep_alive = False
        self._answer(connection, request, self._app.time_out(job))
        connection.busy = False
        self._settle(connection)

    def _answer(
        self, connection: Connection, request: Request | None, answer: Answer | None
    ) -> None:
        if answer is None:
            return
        keep_alive = request is not None and request.keep_alive
        head = answer.head(keep_alive, request.version if request else "1.1")
        without_body = request is not None and request.method == "HEAD"
        connection.send(head if without_body else head + answer.body)
        if not keep_alive:
            connection.closing = True

    def _watch(self, connection: Connection, events: int) -> None:
        if events == connection.events:
            return
        if not events:
            self._selector.unregister(connection.socket)
        elif connection.events:
            self._selector.modify(connection.socket, events, connection)
        else:
            self._selector.register(connection.socket, events, connection)
        connection.events = events

    # --- all connections

    def _accept(self) -> None:
        if len(self._connections) >= self._settings.max_connections:
            self._close_the_idlest(self._settings.max_connections)
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError:  # out of file descriptors, or the client is gone
            self._close_the_idlest(1)
            time.sleep(0.01)
            return
        connection = Connection(client, self._settings)
        self._connections[connection] = None
        self._watch(connection, READ)

    def _close_the_idlest(self, allowed: int) -> None:
        """Past so many idle connections, close the one that has been idle for longest."""
        idle = [connection for connection in self._connections if not connection.busy]
        if len(idle) >= allowed:
            self._close(min(idle, key=lambda connection: connection.active))

    def _close_the_slow(self, now: float) -> None:
        """Close what is idle, sends too slowly, does not read its answer, or lingers too long."""
        for connection in [c for c in self._connections if not c.busy]:
            silent = now - connection.active
            started = connection.parser.started
            if (
                silent > (LINGER_SECONDS if connection.lingering else self._settings.idle_seconds)
                or (started and now - started > self._settings.request_seconds)
            ):  # fmt: skip
                self._close(connection)

    def _close(self, connection: Connection) -> None:
        connection.closing = True
        self._watch(connection, 0)
        self._connections.pop(connection, None)
        connection.socket.close()
