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
from plugin_runtime.connection import Connection
from plugin_runtime.execution import Executor, Job, describe
from plugin_runtime.http_request import BadRequest, Request
from plugin_runtime.logs import logger
from plugin_runtime.settings import Settings

LAST_SECONDS = 0.5  # for answers that are written after the time to drain is over
LINGER_SECONDS = 2.0  # how long a client may go on sending after its last answer
REQUESTS_AT_ONCE = 16  # that one connection has sent ahead, before the others have their turn
PIECE = 65536  # bytes read at once; the host sends hundreds of kB with every execution
# A constant, because what makes answers may be what is broken.
NO_ANSWER = b'{"success": false, "error": "The answer could not be made; see the log."}'
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


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
        self._waiting: deque[Connection] = deque()  # for the socket thread to go on with
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

    @property
    def wake_socket(self) -> int:
        """Number of the socket on which any byte makes the socket thread look around."""
        return self._wake_writer.fileno()

    def wake(self) -> None:
        """Make the socket thread look around; from any thread."""
        with suppress(BlockingIOError):
            self._wake_writer.send(b"\0")

    def serve(self) -> None:
        """Serve until the application is stopping, then until every answer is out or time is up."""
        while not self._app.stopping():
            self._turn(longest=1.0)
        until = time.monotonic() + self._settings.drain_seconds
        # Also whoever has sent its request already, which closing would answer with a reset.
        while (self._is_needed() or self._selector.select(0)) and time.monotonic() < until:
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
        wait = 0.0 if self._waiting else self._executor.seconds_left(longest)
        for key, events in self._selector.select(wait):
            if key.data is not None:
                self._attend(key.data, events)
            elif key.fileobj is self._listener:
                self._accept()
            else:
                self._wake_reader.recv(PIECE)
        for _ in range(len(self._waiting)):
            self._attend(self._waiting.popleft())
        self._executor.give_up_overdue()
        now = time.monotonic()
        if now >= self._next_round:
            self._next_round = now + 1
            self._close_the_slow(now)

    # --- one connection

    def _attend(self, connection: Connection, events: int = 0) -> None:
        if connection not in self._connections:
            return  # closed since the events were collected
        try:
            self._go_on(connection, events)
        except Exception as error:  # one connection that fails must not end all others
            logger.error("a connection broke: %s", describe(error), exc_info=error)
            self._close(connection)

    def _go_on(self, connection: Connection, events: int) -> None:
        if connection.busy:
            if events & READ:
                # It sends ahead, or is gone. Either is looked at once its execution is answered.
                self._watch(connection, 0)
            if connection.busy:
                return
        if events & WRITE and connection.unsent:
            connection.send(connection.unsent)
            connection.active = time.monotonic()
        self._advance(connection)
        # Only now: what was left to do when the events were collected may have been more.
        if events & connection.events & READ and not connection.busy:
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
            for _ in range(REQUESTS_AT_ONCE):
                if connection.busy or connection.closing or connection.unsent:
                    break
                request = connection.parser.next()
                if request is None:
                    if connection.parser.expects_continue():
                        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                    break
                self._handle(connection, request)
            else:
                # Others first; and nothing more is read, or what has arrived would only grow.
                self._watch(connection, 0)
                self._waiting.append(connection)
                return
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
                lambda job: self._execute(connection, request, job),
                lambda job: self._answer_late(connection, request, job),
            )
            if job is not None:
                return
            connection.busy = False
        self._answer(connection, request, self._make_answer(request))

    def _make_answer(self, request: Request, job: Job | None = None) -> Answer | None:
        try:
            return self._app.answer(request, job)
        except BaseException as error:  # an error of ours must not leave the client without one
            logger.error("no answer to %s: %s", request.path, describe(error), exc_info=error)
            late = job is not None and not job.finish()
            return None if late else Answer(500, NO_ANSWER)

    def _execute(self, connection: Connection, request: Request, job: Job) -> None:
        """Run one execution and answer it; in the execution's thread."""
        answer = self._make_answer(request, job)
        if answer is None:
            return  # its deadline came first
        self._answer(connection, request, answer)
        connection.active = time.monotonic()
        connection.busy = False
        if connection.parser or connection.unsent or connection.closing or not connection.events:
            self._waiting.append(connection)
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
        without_body = request is not None and request.method == "HEAD"
        try:
            head = answer.head(keep_alive, request.version if request else "1.1")
            connection.send(head if without_body else head + answer.body)
        except Exception as error:  # no memory for it: then it is closed without
            logger.error("an answer cannot be sent: %s", describe(error), exc_info=error)
            keep_alive = False
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
        most = self._settings.max_connections
        if len(self._connections) >= most and len(self._idle()) >= most:
            self._close_the_idlest()
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError:  # out of file descriptors, or the client is gone
            self._close_the_idlest(seconds=1)
            time.sleep(0.01)
            return
        connection = Connection(client, self._settings)
        self._connections[connection] = None
        self._watch(connection, READ)

    def _idle(self) -> list[Connection]:
        return [connection for connection in self._connections if not connection.busy]

    def _close_the_idlest(self, seconds: float = 0) -> None:
        """Close the connection that has been idle for longest, if it has been for so long."""
        idlest = min(self._idle(), key=lambda connection: connection.active, default=None)
        if idlest is not None and time.monotonic() - idlest.active >= seconds:
            self._close(idlest)

    def _close_the_slow(self, now: float) -> None:
        """Close what is idle, sends too slowly, does not read its answer, or lingers too long."""
        for connection in self._idle():
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
        with suppress(OSError):  # a forked child of the author's may hold it open
            connection.socket.shutdown(socket.SHUT_RDWR)
        connection.socket.close()
