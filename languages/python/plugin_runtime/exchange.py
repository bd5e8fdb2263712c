"""One connection: what is read from it, who answers, and what is waited for next."""

import time
from collections import deque
from collections.abc import Callable

from plugin_runtime.app import App
from plugin_runtime.connection import Connection
from plugin_runtime.connections import READ, WRITE, Connections
from plugin_runtime.execution import Executor, Job, describe
from plugin_runtime.http_request import BadRequest, Request
from plugin_runtime.logs import logger
from plugin_runtime.memory import SMALL, NoRoom
from plugin_runtime.responses import Response, failure

REQUESTS_AT_ONCE = 16  # that one connection has sent ahead, before the others have their turn
PIECE = 65536  # bytes read at once; the host sends hundreds of kB with every execution
COPIED = 65536  # bytes of an answer up to which it is copied behind its header
RETRY = (("Retry-After", "1"),)
# A constant, because what makes answers may be what is broken.
NO_ANSWER = b'{"success": false, "error": "The answer could not be made; see the log."}'


class Exchange:
    """Requests and answers on the connections.

    Args:
        wake: makes the socket thread look at `waiting`.

    Attributes:
        waiting: Connections for the socket thread to go on with.
    """

    def __init__(
        self,
        app: App,
        executor: Executor,
        connections: Connections,
        wake: Callable[[], None],
    ) -> None:
        self._app = app
        self._executor = executor
        self._connections = connections
        self._wake = wake
        self.waiting: deque[Connection] = deque()

    def attend(self, connection: Connection, events: int = 0) -> None:
        """Go on with a connection: with these events, or with what it has sent ahead."""
        if connection not in self._connections:
            return  # closed since the events were collected
        try:
            self._go_on(connection, events)
        except Exception as error:  # one connection that fails must not end all others
            logger.error("a connection failed: %s", describe(error), exc_info=error)
            self._connections.close(connection)

    def _go_on(self, connection: Connection, events: int) -> None:
        with connection.hand_over:
            if connection.busy:
                if events & READ:
                    # It sends ahead, or is gone; looked at once its execution is answered.
                    self._connections.watch(connection, 0)
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
            self._connections.close(connection)
        elif not connection.lingering:
            connection.active = time.monotonic()
            connection.parser.feed(data)
            if connection.parser.size > SMALL:
                self._make_room(connection)

    def _make_room(self, connection: Connection) -> None:
        """Count what has arrived; where memory is short, refuse the request that is stalled."""
        while True:
            try:
                connection.memory.hold(connection.parser.size)
            except NoRoom as refused:
                stalled = None
                if refused.status == 429:
                    stalled = self._connections.most_stalled(connection)
                self.refuse(stalled or connection, refused.status, refused.error)
                if stalled is None:
                    return
            else:
                return

    def refuse(self, connection: Connection, status: int, error: str) -> None:
        """Answer a request that has not arrived completely, and forget what has."""
        connection.parser.discard()
        connection.memory.release()
        headers = RETRY if status in (429, 503) else ()
        self._answer(connection, None, failure(status, error, headers=headers))
        self._settle(connection)

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
                with connection.hand_over:
                    self._connections.watch(connection, 0)
                self.waiting.append(connection)
                return
        except BadRequest as refused:
            self._answer(connection, None, failure(refused.status, refused.error))
        self._settle(connection)

    def _settle(self, connection: Connection) -> None:
        """Wait for whatever comes next on this connection, or end it."""
        if connection not in self._connections:
            return  # closed meanwhile
        with connection.hand_over:
            if connection.busy:
                # No longer for writing; and not at all if it has sent ahead.
                self._connections.watch(connection, READ if connection.events else 0)
                return
        if connection.unsent:
            self._connections.watch(connection, WRITE)
        elif connection.closing and not connection.lingering:
            self._connections.linger(connection)
        else:
            self._connections.watch(connection, READ)

    def _handle(self, connection: Connection, request: Request) -> None:
        if self._app.stopping():
            request.keep_alive = False
        request.memory = connection.memory
        connection.memory = request.memory.split(connection.parser.size)
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
        request.memory.release()

    def _make_answer(self, request: Request, job: Job | None = None) -> Response | None:
        try:
            return self._app.answer(request, job)
        except BaseException as error:  # an error of ours must not leave the client without one
            logger.error("no answer to %s: %s", request.path, describe(error), exc_info=error)
            late = job is not None and not job.finish()
            return None if late else Response(500, NO_ANSWER)

    def _execute(self, connection: Connection, request: Request, job: Job) -> None:
        """Run one execution and answer it; in the execution's thread."""
        try:
            if job.late:
                return  # its deadline came before any thread was free
            answer = self._make_answer(request, job)
        finally:
            request.memory.release()  # also past its deadline: only now its inputs are gone
        if answer is None:
            return  # its deadline came first
        self._answer(connection, request, answer)
        connection.active = time.monotonic()
        with connection.hand_over:
            connection.busy = False
            more = connection.parser or connection.unsent or connection.closing
            if not more and connection.events:
                return
        self.waiting.append(connection)
        self._wake()

    def _answer_late(self, connection: Connection, request: Request, job: Job) -> None:
        """Answer in place of the thread that still works on the request."""
        request.keep_alive = False
        self._answer(connection, request, self._app.time_out(job))
        with connection.hand_over:
            connection.busy = False
        self._settle(connection)

    def _answer(
        self, connection: Connection, request: Request | None, answer: Response | None
    ) -> None:
        if answer is None:
            return
        keep_alive = request is not None and request.keep_alive
        without_body = request is not None and request.method == "HEAD"
        try:
            if len(answer.body) > COPIED:
                try:
                    connection.unsent_memory.hold(len(answer.body))
                except NoRoom:
                    error = f"The answer has {len(answer.body)} bytes; too little memory is free."
                    answer = failure(503, error, headers=RETRY)
            version = request.version if request else "1.1"
            head, body = answer.head(keep_alive, version), answer.body
            if without_body:
                connection.send(head)
            elif len(body) > COPIED:
                connection.send(head, body)
            else:
                connection.send(head + body)
        except Exception as error:  # no memory for it: then it is closed without
            logger.error("an answer cannot be sent: %s", describe(error), exc_info=error)
            keep_alive = False
        if not keep_alive:
            connection.closing = True
