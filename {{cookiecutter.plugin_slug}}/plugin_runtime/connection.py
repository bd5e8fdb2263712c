"""One client of the server."""

import socket
import time

from plugin_runtime.http_request import Parser
from plugin_runtime.settings import Settings


class Connection:
    """One client. Only the socket thread reads.

    While `busy`, only who answers the execution touches `unsent` and `closing`: its thread, or the
    socket thread if the deadline comes first. Both look at `busy` and `events` after they have set
    one of them, so that whichever comes second sees what the other has left to do.

    Attributes:
        active: When the client last sent or took something, on the monotonic clock.
        events: What the selector waits for.
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
