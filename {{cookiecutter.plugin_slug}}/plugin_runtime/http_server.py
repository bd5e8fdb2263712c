"""waitress, with what this server needs on top.

Added: answers as JSON where waitress itself refuses a request; a request with both Content-Length
and Transfer-Encoding refused; health answered by the thread that reads the sockets, so that it
never waits for another one; each execution answered by the thread that runs it, or at its deadline
by the socket thread; slow and surplus connections closed; an end that waits for running answers.
"""

import re
import socket
import time
from collections import deque
from contextlib import suppress
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.server import TcpWSGIServer
from waitress.task import Task

from plugin_runtime.answers import Answer, failure
from plugin_runtime.app import App
from plugin_runtime.execution import Executor
from plugin_runtime.settings import Settings

LAST_SECONDS = 0.5  # for answers that are written after the time to drain is over
LINGER_SECONDS = 2.0  # how long a refused client may go on sending before it is cut off
TRANSFER_ENCODING = re.compile(rb"(?im)^transfer-encoding[ \t]*:([^\r\n]*)")
# Checked before waitress looks: its own expression takes minutes for some lines that are none.
REQUEST_LINE = re.compile(rb"[!-~]+ [^ \r\n]+ HTTP/[0-9]\.[0-9]")


class Parser(HTTPRequestParser):
    """One request as it arrives."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.started = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the header; refuse a body whose length two servers could read differently."""
        if not REQUEST_LINE.fullmatch(header_plus.partition(b"\r\n")[0].rstrip()):
            raise ParsingError("The request line must be like GET /health HTTP/1.1.")
        codings = [found.strip(b" \t").lower() for found in TRANSFER_ENCODING.findall(header_plus)]
        if codings and codings != [b"chunked"]:
            raise ParsingError("The only Transfer-Encoding that is supported is chunked.")
        try:
            super().parse_header(header_plus)
        except (TransferEncodingNotImplemented, ValueError) as error:
            raise ParsingError(f"The header cannot be read: {str(error)[:200]}") from error
        if codings and ("CONTENT_LENGTH" in self.headers or self.version != "1.1"):
            raise ParsingError("Transfer-Encoding goes with HTTP/1.1 and without Content-Length.")


class AnswerTask(Task):
    """Writes an answer that no application gave, and ends the connection."""

    complete = True

    def __init__(self, channel: "Channel", request: Any, answer: Answer | None = None) -> None:
        super().__init__(channel, request)
        self._answer = answer or refusal(request.error, channel.adj)

    def execute(self) -> None:
        """Write it as every other answer is written."""
        self.status = self._answer.status_line
        self.response_headers.extend(self._answer.all_headers)
        self.content_length = len(self._answer.body)
        self.set_close_on_finish()
        self.channel.linger = True
        self.write(self._answer.body)


def refusal(error: Any, adjustments: Adjustments) -> Answer:
    """The answer to a request that waitress refuses: malformed, or too large."""
    sizes = {
        413: ("body", adjustments.max_request_body_size - 1),
        431: ("header", adjustments.max_request_header_size),
    }
    if error.code in sizes:
        part, limit = sizes[error.code]
        return failure(error.code, f"The request's {part} has more than {limit} bytes.")
    if error.code == 500:
        return failure(500, "The answer could not be made; see the log.")
    return failure(400, f"This is not valid HTTP: {' '.join(error.body.split())}")


class Channel(HTTPChannel):
    """One connection.

    A client that is refused while it still sends would see a reset instead of its answer; so the
    rest of what it sends is read and thrown away for a moment.
    """

    parser_class = Parser
    error_task_class = AnswerTask
    linger = False
    linger_until = 0.0
    answered_late = False

    def send_continue(self) -> None:
        """Tell the client to send its body, unless none is awaited any more."""
        if not self.request.completed:
            super().send_continue()

    def handle_close(self) -> None:
        """Close, or begin to linger."""
        if not (self.linger and self.connected):
            super().handle_close()
            return
        self.linger = self.will_close = self.close_when_flushed = False
        self.linger_until = time.monotonic() + LINGER_SECONDS
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            super().handle_close()

    def readable(self) -> bool:
        """Whether to wait for data; a lingering connection ends when its time is over."""
        if self.linger_until and time.monotonic() > self.linger_until:
            self.will_close = True
        return bool(self.linger_until) or bool(super().readable())

    def handle_read(self) -> None:
        """Read, or throw away."""
        if not self.linger_until:
            super().handle_read()
        elif not self.recv(65536):
            self.will_close = True

    def answer_late(self, request: Parser, answer: Answer) -> None:
        """Answer in place of the thread that still works on the request, and close."""
        self.answered_late = True
        with suppress(ClientDisconnected):
            AnswerTask(self, request, answer).service()
        self.close_when_flushed = True


class Dispatcher:
    """Decides which thread answers: executions have threads, the rest is quick."""

    def __init__(self, app: App, executor: Executor) -> None:
        self._app = app
        self._executor = executor
        self._quick: deque[Channel] = deque()

    def add_task(self, channel: Channel) -> None:
        """Take a channel whose next request is complete.

        waitress holds a lock here that the answer needs too, so nothing is answered yet.
        """
        request = channel.requests[0]
        if self._app.stopping():
            request.headers["CONNECTION"] = "close"
        # As waitress tells it to the application: with one slash in front.
        path = "" if request.error else "/" + request.path.lstrip("/")
        if path and self._app.is_execution(request.command, path):
            job = self._executor.start(
                channel.service, lambda job: channel.answer_late(request, self._app.time_out(job))
            )
            if job is not None:
                return
        self._quick.append(channel)

    def answer(self) -> None:
        """Answer what needs no thread, and what has taken too long. Runs between two polls."""
        for _ in range(len(self._quick)):
            channel = self._quick.popleft()
            if channel.total_outbufs_len:
                # Its client does not read. Writing more could block this thread for good.
                self._quick.append(channel)
            else:
                channel.service()
        self._executor.give_up_overdue()


class Server(TcpWSGIServer):
    """Serves the application on a socket that already listens."""

    channel_class = Channel

    def __init__(
        self, app: App, executor: Executor, listener: socket.socket, settings: Settings
    ) -> None:
        self._app = app
        self._executor = executor
        self._settings = settings
        self._dispatcher = Dispatcher(app, executor)
        body, answer = settings.max_body_bytes + 1, settings.max_output_bytes + 65536
        super().__init__(
            app,
            _sock=listener,
            dispatcher=self._dispatcher,
            adj=Adjustments(
                sockets=[listener],
                backlog=1024,
                connection_limit=settings.max_connections + settings.concurrency + 64,  # ours first
                channel_timeout=settings.idle_seconds,
                cleanup_interval=1,
                max_request_header_size=settings.max_header_bytes,
                max_request_body_size=body,
                recv_bytes=65536,  # the host sends hundreds of kB with every execution
                # Past these waitress writes to files, and the root file system may be read-only.
                inbuf_overflow=body,
                outbuf_overflow=answer,
                outbuf_high_watermark=answer,
                clear_untrusted_proxy_headers=False,
                log_socket_errors=False,
                ident=None,
            ),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    def serve(self) -> None:
        """Serve until the application is stopping, then until every answer is out or time is up."""
        while not self._app.stopping():
            self._turn(longest=1.0)
        until = time.monotonic() + self._settings.drain_seconds
        while self.busy() and time.monotonic() < until:
            self._turn(longest=0.02)
        # Whoever still waits is told so; then a moment to write it.
        self._executor.expire()
        until = time.monotonic() + LAST_SECONDS
        while self.busy() and time.monotonic() < until:
            self._turn(longest=0.02)

    def _turn(self, longest: float) -> None:
        wait = self._executor.seconds_left(longest)
        wasyncore.loop(timeout=wait, use_poll=True, map=self._map, count=1)
        self._dispatcher.answer()

    def busy(self) -> bool:
        """Whether any connection has a request in work or an answer on its way."""
        return any(
            (channel.requests and not channel.answered_late) or channel.total_outbufs_len
            for channel in tuple(self.active_channels.values())
        )

    def maintenance(self, now: float) -> None:
        """Close what is idle (waitress does), sends too slowly, or does not read its answer."""
        super().maintenance(now)
        oldest = time.monotonic() - self._settings.request_seconds
        for channel in tuple(self.active_channels.values()):
            request, waiting = channel.request, bool(channel.requests)
            slow = request is not None and not waiting and request.started < oldest
            unread = channel.total_outbufs_len and (
                channel.last_activity < now - self._settings.idle_seconds
            )
            if slow or unread:
                channel.linger = False
                channel.will_close = True

    def handle_accept(self) -> None:
        """Accept; past the limit, close the connection that has been idle for longest."""
        if len(self.active_channels) >= self._settings.max_connections:
            idle = [c for c in tuple(self.active_channels.values()) if not c.requests]
            if len(idle) >= self._settings.max_connections:
                surplus = min(idle, key=lambda channel: channel.last_activity)
                surplus.linger = False
                surplus.handle_close()
        super().handle_accept()
