"""Bytes as the runtime's parser of requests reads them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.runtime.runtime_modules import runtime_module

MAX_HEADER, MAX_BODY = 2000, 5000
http_request = runtime_module("http_request")


@dataclass
class Found:
    """One request as a parser reports it."""

    method: str = ""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    keep_alive: bool = False


def ours(pieces: list[bytes]) -> tuple[list[Found], int | None]:
    """The requests, and the status of the refusal that ended them if one did."""
    parser = http_request.Parser(MAX_HEADER, MAX_BODY)
    found: list[Found] = []
    try:
        for piece in pieces:
            parser.feed(piece)
            while (request := parser.next()) is not None:
                body = bytes(request.body)
                found.append(
                    Found(request.method, request.path, request.headers, body, request.keep_alive)
                )
                if not request.keep_alive:
                    return found, None  # the server reads no further
    except http_request.BadRequest as refused:
        return found, refused.status
    return found, None
