"""A connection to a plugin that nobody trusts: bounded in time and in bytes, whatever it sends."""

from __future__ import annotations

import io
import socket
import ssl
import time
from typing import TYPE_CHECKING, Protocol

from stage7_plugin.errors import Stage7PluginError

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAX_HEAD = 1024 * 1024
"""Bytes for the heads of an answer, interim ones such as `100 Continue` included."""


class Place(Protocol):
    """What is needed to connect."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def scheme(self) -> str: ...


class TooMuch(Stage7PluginError):
    """More bytes came than anybody should read. The message is one sentence."""


class Deadline:
    """A moment that every operation on a connection has to respect."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"{self.seconds:g} s have passed")
        return left


class BoundedSocket:
    """The part of a socket that http.client uses, for one request and its answer.

    At first MAX_HEAD bytes may be received; `allow` adds more.
    """

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = plain, deadline
        self._received = _Received(plain, deadline)

    def sendall(self, data: bytes) -> None:
        """Send everything in time, or raise TimeoutError."""
        self._socket.settimeout(self._deadline.remaining())
        self._socket.sendall(data)

    def allow(self, count: int) -> None:
        """Let `count` more bytes be received."""
        self._received.limit += count

    def makefile(self, mode: str = "rb", buffering: int = -1) -> io.BufferedReader:
        """Return what is received, as http.client wants it."""
        return io.BufferedReader(self._received)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class _Received(io.RawIOBase):
    """Bytes as they come, up to the deadline and the limit."""

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = plain, deadline
        self._count, self.limit = 0, MAX_HEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        if self._count >= self.limit:
            raise TooMuch(f"the answer continues after {self._count} bytes")
        self._socket.settimeout(self._deadline.remaining())
        count = self._socket.recv_into(memoryview(buffer)[: self.limit - self._count])
        self._count += count
        return count


def open_socket(place: Place, deadline: Deadline) -> socket.socket:
    """Connect. Raises OSError, TimeoutError among them."""
    plain = socket.create_connection((place.host, place.port), deadline.remaining())
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if place.scheme != "https":
        return plain
    try:
        plain.settimeout(deadline.remaining())
        return ssl.create_default_context().wrap_socket(plain, server_hostname=place.host)
    except BaseException:
        plain.close()
        raise
