"""What an HTTP answer is made of."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

JSON = "application/json"
REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

Headers = tuple[tuple[str, str], ...]


class Answer(NamedTuple):
    """A response: status, body and further headers."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Headers = ()

    @property
    def status_line(self) -> str:
        """Such as `404 Not Found`."""
        return f"{self.status} {REASONS[self.status]}"

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """The headers with type and length of the body."""
        length = str(len(self.body))
        return [("Content-Type", self.content_type), ("Content-Length", length), *self.headers]


def failure(status: int, error: str, errors: Iterable[str] = (), headers: Headers = ()) -> Answer:
    """The answer to whatever did not succeed: one sentence, and the list behind it if any."""
    document: dict[str, Any] = {"success": False, "error": error}
    if errors := list(errors):
        document["errors"] = errors
    # Escaped to ASCII, so that a broken text inside of an error cannot break the answer.
    return Answer(status, json.dumps(document).encode("ascii"), JSON, headers)
