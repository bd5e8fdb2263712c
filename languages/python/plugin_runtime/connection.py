"""One client of the server."""

import socket
import threading
import time

from plugin_runtime.http_request import Parser
from plugin_runtime.memory import Budget, Share
from plugin_runtime.settings import Settings


class Connection:
    """One client. Only the socket thread reads from it and changes `events`.

    While an execution runs (`busy`), its answerer owns `unsent`, `closing` and `unsent_memory`: the
    execution's thread, or the socket thread if the deadline comes first (`Job.finish` and
    `Job.give_up` decide that under a lock). `hand_over` guards `busy` and `events`: the answerer
    clears `busy` and looks at what is left to do in one step, and the socket thread looks at `busy`
    and gives up waiting for events in one step. So one of them sees what the other has left.

    Attributes:
        active: When the client last sent or took something, on the monotonic clock.
        events: What the selector waits for.
        unsent: What the client has not taken yet of its answers.
        closing: No further request is read; the connection ends once everything is written.
        lingering: Everything is written, and the client is waited for: closing at once while it
            still sends would show it a reset instead of its answer.
        memory: What its request takes of the memory, until it is complete.
        unsent_memory: What `unsent` takes of it.
    """

    __slots__ = (
        "_answered", "active", "busy", "closing", "events", "hand_over", "lingering", "memory",
        "parser", "socket", "unsent", "unsent_memory",
    )  # fmt: skip
    unsent: bytes | memoryview

    def __init__(self, client: socket.socket, settings: Settings, budget: Budget) -> None:
        client.setblocking(False)
        # Answers are written whole: waiting to fill a packet would only delay them.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = client
        self.parser = Parser(settings.max_header_bytes, settings.max_body_bytes)
        self.memory, self.unsent_memory = Share(budget), Share(budget)
        self.active = time.monotonic()
        self._answered = 0.0
        self.events = 0
        self.unsent = b""
        self.busy = self.closing = self.lingering = False
        self.hand_over = threading.Lock()

    @property
    def since(self) -> float:
        """When its request began, or the answer that it takes was ready; 0.0 if it is idle."""
        return self._answered if self.unsent else self.parser.started

    def send(self, octets: bytes | memoryview, body: bytes = b"") -> None:
        """Send what the client takes at once, and keep the rest; in whichever thread answers."""
        size = len(octets) + len(body)
        try:
            sent = self.socket.sendmsg((octets, body)) if body else self.socket.send(octets)
        except BlockingIOError:
            sent = 0
        except OSError:  # the client is gone
            self.closing, sent = True, size
        if sent == size:
            self._answered, self.unsent = 0.0, b""
            self.unsent_memory.release()
            return
        self._answered = self._answered or time.monotonic()
        if sent >= len(octets):
            self.unsent = memoryview(body)[sent - len(octets) :]
        else:
            self.unsent = memoryview(b"".join((octets[sent:], body)) if body else octets[sent:])
