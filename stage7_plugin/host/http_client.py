"""One HTTP request and its answer, with the standard library alone."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stage7_plugin.errors import Stage7PluginError


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
class Answer:
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
        """The body read as JSON, or None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def succeeded(self) -> bool:
        """What the host goes by: nothing but the status."""
        return 200 <= self.status < 300

    def summary(self, limit: int = 300) -> str:
        """Status and the beginning of the body, on one line."""
        text = " ".join(self.text.split())
        return f"{self.status} {text[:limit]}{'...' if len(text) > limit else ''}".rstrip()


def call(
    address: Address,
    method: str,
    path: str,
    *,
    payload: Any = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
) -> Answer:
    """Sends one request on a connection of its own.

    `payload` is sent as JSON; `body` is sent as it is. Raises NoAnswer.
    """
    sent_headers = dict(headers or {})
    if payload is not None:
        body = json.dumps(payload).encode()
        sent_headers.setdefault("Content-Type", "application/json")
    connection: http.client.HTTPConnection
    if address.scheme == "https":
        connection = http.client.HTTPSConnection(address.host, address.port, timeout=timeout)
    else:
        connection = http.client.HTTPConnection(address.host, address.port, timeout=timeout)
    start = time.monotonic()
    try:
        connection.request(method, address.prefix + path, body=body, headers=sent_headers)
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(_sentence(error, timeout)) from error
    finally:
        connection.close()
    received = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, received, content, time.monotonic() - start)


def _sentence(error: Exception, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused: nothing listens on that port"
    if isinstance(error, (ConnectionError, http.client.RemoteDisconnected)):
        return "the connection was closed without an answer"
    return f"no valid HTTP answer: {type(error).__name__}: {error}"
