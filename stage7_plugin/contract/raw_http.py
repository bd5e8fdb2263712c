"""Requests that no HTTP library would send, over a socket."""

from __future__ import annotations

import http.client
import socket
import time

from stage7_plugin.host.bounded_socket import BoundedSocket, Deadline, TooMuch, open_socket
from stage7_plugin.host.http_client import Address, Response, read_response


def connect(address: Address, timeout: float = 5.0) -> socket.socket:
    """Open a connection on which nothing was sent. Raises OSError."""
    connection = open_socket(address, Deadline(timeout))
    connection.settimeout(timeout)
    return connection


def head(address: Address, method: str, path: str, *lines: str) -> bytes:
    """The first part of a request, with the empty line that ends it."""
    first = f"{method} {address.prefix}{path} HTTP/1.1"
    return "\r\n".join([first, f"Host: {address.host}:{address.port}", *lines, "", ""]).encode()


def send(
    address: Address, *parts: bytes, timeout: float = 10.0, pause: float = 1.0
) -> Response | str:
    """Send the parts until an answer comes, waiting up to `pause` seconds after the first.

    Everything together takes `timeout` seconds at most. What came instead of an answer is a
    string: "closed", "no answer", "not HTTP".
    """
    start = time.monotonic()
    deadline = Deadline(timeout)
    try:
        with open_socket(address, deadline) as connection:
            bounded = BoundedSocket(connection, deadline)
            for number, part in enumerate(parts):
                bounded.sendall(part)
                if _readable(connection, pause if number == 0 else 0.001):
                    break
            return receive(bounded, start)
    except TimeoutError:
        return "no answer"
    except OSError:
        return "closed"


def receive(connection: BoundedSocket, start: float) -> Response | str:
    """Read one answer; see send. Raises OSError."""
    try:
        return read_response(connection, "GET", start)
    except http.client.RemoteDisconnected:
        return "closed"
    except (http.client.HTTPException, TooMuch, ValueError):
        return "not HTTP"


def _readable(connection: socket.socket, seconds: float) -> bool:
    connection.settimeout(seconds)
    try:
        return connection.recv(1, socket.MSG_PEEK) is not None
    except TimeoutError:
        return False
