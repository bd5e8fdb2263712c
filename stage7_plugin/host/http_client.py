"""One HTTP request and its answer, with only the standard library."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stage7_plugin.errors import Stage7PluginError
from stage7_plugin.host.bounded_socket import BoundedSocket, Deadline, TooMuch, open_socket

MAX_BODY = 64 * 1024 * 1024
"""Bytes of an answer; four times what any plugin has to take in."""
MAX_DEPTH = 200
"""Nested arrays and objects of an answer; nothing that the host sends or stores comes near."""
_BLOCK = 64 * 1024


class NoAnswer(Stage7PluginError):
    """The request got no HTTP answer. The message is one sentence."""


@dataclass(frozen=True)
class Address:
    """Where a plugin listens: `scheme://host:port`, and a path that comes before every other."""

    host: str
    port: int
    scheme: str = "http"
    prefix: str = ""

    @classmethod
    def from_url(cls, url: str) -> Address:
        """Raises ValueError for anything but an http or https URL."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not a URL: {url!r}; for example http://localhost:8080")
        default_port = 443 if parts.scheme == "https" else 80
        return cls(parts.hostname, parts.port or default_port, parts.scheme, parts.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.prefix}"


@dataclass(frozen=True)
class Response:
    """An HTTP answer. Header names are lower-case; `seconds` counts from connecting."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def document(self) -> Any:
        """The body read as JSON, or None when it is not JSON or nested without measure."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return document if _is_shallow(document) else None

    @property
    def succeeded(self) -> bool:
        """What the host goes by: nothing but the status."""
        return 200 <= self.status < 300

    def summary(self, limit: int = 300) -> str:
        """Status and the beginning of the body, on one line."""
        text = " ".join(self.body[: limit * 8].decode("utf-8", "replace").split())
        return f"{self.status} {text[:limit]}{'...' if len(text) > limit else ''}".rstrip()


def _is_shallow(document: Any) -> bool:
    level = [document]
    for _ in range(MAX_DEPTH):
        inner = [item for item in level if isinstance(item, (dict, list))]
        if not inner:
            return True
        level = [v for i in inner for v in (i.values() if isinstance(i, dict) else i)]
    return False


def call(
    address: Address,
    method: str,
    path: str,
    *,
    payload: Any = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    max_body: int = MAX_BODY,
) -> Response:
    """Send one request on a connection of its own and read the whole answer.

    Args:
        address: Where the plugin listens.
        method: For example `POST`.
        path: Follows the address's prefix.
        payload: Sent as JSON.
        body: Sent as it is, where there is no payload.
        headers: More headers.
        timeout: Seconds for everything: to connect, to send, and to read the last byte.
        max_body: Bytes of the answer's body that are read.

    Raises:
        NoAnswer: No complete HTTP answer came within these limits.
    """
    sent_headers = dict(headers or {})
    if payload is not None:
        body = json.dumps(payload).encode()
        sent_headers.setdefault("Content-Type", "application/json")
    start = time.monotonic()
    deadline = Deadline(timeout)
    connection = _Connection(address, deadline)
    try:
        try:
            connection.request(method, address.prefix + path, body=body, headers=sent_headers)
        except (BrokenPipeError, ConnectionResetError):
            # Refused before everything was sent: there may still be an answer.
            if connection.sock is None:
                raise
        return read_response(connection.bounded, method, start, max_body)
    except (OSError, http.client.HTTPException, TooMuch, ValueError) as error:
        raise NoAnswer(_sentence(error, timeout)) from error
    finally:
        connection.close()


def read_response(
    connection: BoundedSocket, method: str, start: float, max_body: int = MAX_BODY
) -> Response:
    """Read one answer, no further than its limits.

    Raises:
        OSError: The connection broke, or the time is over.
        http.client.HTTPException: The answer is not HTTP, or not all of it came.
        TooMuch: The body is larger than `max_body` or says that it will be.
    """
    received = http.client.HTTPResponse(connection, method=method)  # type: ignore[arg-type]
    received.begin()
    connection.allow(max_body * 2)  # twice, because chunks have frames
    announced = received.length
    if announced is not None and announced > max_body:
        raise TooMuch(f"the answer announces {announced} bytes; at most {max_body} are read")
    content = bytearray()
    while block := received.read(_BLOCK):
        content += block
        if len(content) > max_body:
            raise TooMuch(f"the answer's body has more than {max_body} bytes")
    if announced is not None and len(content) < announced:
        raise http.client.IncompleteRead(bytes(content), announced - len(content))
    names = {name.lower(): value for name, value in received.getheaders()}
    return Response(received.status, names, bytes(content), time.monotonic() - start)


class _Connection(http.client.HTTPConnection):
    """http.client's way to write a request, on a bounded socket."""

    def __init__(self, address: Address, deadline: Deadline) -> None:
        super().__init__(address.host, address.port)
        if address.scheme == "https":
            self.default_port = http.client.HTTPS_PORT
        self._address, self._deadline = address, deadline

    def connect(self) -> None:
        plain = open_socket(self._address, self._deadline)
        self.bounded = BoundedSocket(plain, self._deadline)
        self.sock = self.bounded


def _sentence(error: Exception, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no complete answer within {timeout:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused: nothing listens on that port"
    if isinstance(error, (ConnectionError, http.client.RemoteDisconnected)):
        return "the connection was closed without an answer"
    if isinstance(error, http.client.IncompleteRead):
        return f"the connection was closed {error.expected} bytes before the end of the answer"
    if isinstance(error, TooMuch):
        return str(error)
    return f"no valid HTTP answer: {type(error).__name__}: {str(error)[:200]}"
