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

LINGER_SECONDS = 2.0  # how long a refused client may go on sending before it is cut off
TRANSFER_ENCODING = re.compile(rb"(?im)^transfer-encoding[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r?$")


class Parser(HTTPRequestParser):
    """One request as it arrives."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.started = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the header; refuse a body whose length two servers could read differently."""
        codings = TRANSFER_ENCODING.findall(header_plus)
        if codings and [coding.lower() for coding in codings] != [b"chunked"]:
            raise ParsingError("The only Transfer-Encoding that is supported is chunked.")
        try:
            super().parse_header(header_plus)
        except TransferEncodingNotImplemented as error:
            raise ParsingError(str(error)) from error
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
        if not request.error and self._app.is_execution(request.command, request.path):
            job = self._executor.start(
                channel.service, lambda job: channel.answer_late(request, self._app.time_out(job))
            )
            if job is not None:
                return
        self._quick.append(channel)

    def answer(self) -> None:
        """Answer what needs no thread, and what has taken too long. Runs between two polls."""
        while self._quick:
            self._quick.popleft().service()
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
                connection_limit=settings.max_connections + 64,  # ours is met first
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
        give_up: float | None = None
        while True:
            wait = self._executor.seconds_left(longest=0.02 if give_up else 1.0)
            wasyncore.loop(timeout=wait, use_poll=True, map=self._map, count=1)
            self._dispatcher.answer()
            if self._app.stopping():
                give_up = give_up or time.monotonic() + self._settings.drain_seconds
                if not self.busy() or time.monotonic() > give_up:
                    return

    def busy(self) -> bool:
        """Whether any connection has a request in work or an answer on its way."""
        return any(
            channel.requests or channel.total_outbufs_len
            for channel in tuple(self.active_channels.values())
        )

    def maintenance(self, now: float) -> None:
        """Close what is idle (waitress does) and what takes too long to send its request."""
        super().maintenance(now)
        oldest = time.monotonic() - self._settings.request_seconds
        for channel in tuple(self.active_channels.values()):
            if channel.request is not None and channel.request.started < oldest:
                channel.will_close = True

    def handle_accept(self) -> None:
        """Accept; past the limit, close the connection that has been idle for longest."""
        if len(self.active_channels) >= self._settings.max_connections:
            waiting = [c for c in self.active_channels.values() if not c.requests]
            if waiting:
                surplus = min(waiting, key=lambda channel: channel.last_activity)
                surplus.linger = False
                surplus.handle_close()
        super().handle_accept()
