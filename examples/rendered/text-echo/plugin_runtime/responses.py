"""The parts of an HTTP answer."""

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from plugin_runtime.strict_json import Encoder

JSON = "application/json"
REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    417: "Expectation Failed",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Headers = tuple[tuple[str, str], ...]

encode_json = Encoder().encode


class Response(NamedTuple):
    """A response: status, body and further headers."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Headers = ()

    def head(self, keep_alive: bool, version: str) -> bytes:
        """Status line and header, for a request of this version of HTTP."""
        lines = [
            f"HTTP/1.1 {self.status} {REASONS[self.status]}",
            f"Date: {_date(int(time.time()))}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        if not keep_alive:
            lines.append("Connection: close")
        elif version == "1.0":
            lines.append("Connection: keep-alive")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@lru_cache(maxsize=1)
def _date(seconds: int) -> str:
    """The date as HTTP wants it, in English whatever the locale; made once a second."""
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(seconds)
    name, month_name = DAYS[weekday], MONTHS[month - 1]
    return f"{name}, {day:02} {month_name} {year} {hour:02}:{minute:02}:{second:02} GMT"


def failure(
    status: int,
    error: str,
    errors: Iterable[str] = (),
    headers: Headers = (),
    trace_id: str = "",
) -> Response:
    """The answer to whatever did not succeed.

    Args:
        status: the HTTP status.
        error: one sentence.
        errors: the list behind it, if there is one.
        headers: further headers.
        trace_id: what to look for in the log, if this was an execution.
    """
    document: dict[str, Any] = {"success": False, "error": error}
    if errors := list(errors):
        document["errors"] = errors
    if trace_id:
        document["trace_id"] = trace_id
    # Escaped to ASCII, so that a broken text inside an error cannot break the answer.
    return Response(status, encode_json(document).encode("ascii"), JSON, headers)
