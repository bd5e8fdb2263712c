"""Requests that no HTTP library would send, over a socket."""

from __future__ import annotations

import http.client
import socket
import ssl
import time

from stage7_plugin.host.http_client import Address, Answer


def connect(address: Address, timeout: float = 5.0) -> socket.socket:
    """A connection on which nothing was sent. Raises OSError."""
    plain = socket.create_connection((address.host, address.port), timeout)
    if address.scheme == "https":
        return ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)
    return plain


def head(address: Address, method: str, path: str, *lines: str) -> bytes:
    """The first part of a request, with the empty line that ends it."""
    first = f"{method} {address.prefix}{path} HTTP/1.1"
    return "\r\n".join([first, f"Host: {address.host}:{address.port}", *lines, "", ""]).encode()


def send(
    address: Address, *parts: bytes, timeout: float = 10.0, pause: float = 1.0
) -> Answer | str:
    """Sends the parts until an answer comes, waiting up to `pause` seconds after the first.

    What came instead of an answer is a string: "closed", "no answer", "no HTTP".
    """
    start = time.monotonic()
    try:
        with connect(address, timeout) as connection:
            for number, part in enumerate(parts):
                connection.sendall(part)
                if _readable(connection, pause if number == 0 else 0.001):
                    break
            return receive(connection, start)
    except TimeoutError:
        return "no answer"
    except OSError:
        return "closed"


def receive(connection: socket.socket, start: float) -> Answer | str:
    """Reads one answer; see send. Raises OSError."""
    response = http.client.HTTPResponse(connection)
    try:
        response.begin()
        body = response.read()
    except http.client.RemoteDisconnected:
        return "closed"
    except http.client.HTTPException:
        return "no HTTP"
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body, time.monotonic() - start)


def _readable(connection: socket.socket, seconds: float) -> bool:
    patience = connection.gettimeout()
    connection.settimeout(seconds)
    try:
        return connection.recv(1, socket.MSG_PEEK) is not None
    except TimeoutError:
        return False
    finally:
        connection.settimeout(patience)
