"""The HTTP client against servers that would keep it for ever, or fill its memory."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from stage7_plugin.host import health
from stage7_plugin.host.http_client import Address, NoAnswer, Response, call
from tests.contract.fakes import Facts, FakeTarget, manifest

LIMIT = 100_000
OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[Address]:
    """A server that reads one request and then does what `talk` says, for each connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            talk(connection)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield Address("127.0.0.1", listener.getsockname()[1])
    finally:
        listener.close()


def endless_body(connection: socket.socket) -> None:
    connection.sendall(OK + b"\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def endless_chunks(connection: socket.socket) -> None:
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n" * 1000)


def endless_continue(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def endless_header(connection: socket.socket) -> None:
    connection.sendall(OK)
    while True:
        connection.sendall(b"X: y\r\n" * 1000)


def dripping(connection: socket.socket) -> None:
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def silent(connection: socket.socket) -> None:
    time.sleep(60)


def huge_promise(connection: socket.socket) -> None:
    connection.sendall(OK + b"Content-Length: 100000000000000\r\n\r\nx")


def huge_chunk(connection: socket.socket) -> None:
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n5AF3107A4000\r\nx")
    time.sleep(60)


def cut_short(connection: socket.socket) -> None:
    connection.sendall(OK + b"Content-Length: 10\r\n\r\nabc")


@pytest.mark.parametrize(
    ("talk", "message"),
    [
        (endless_body, "more than 100000 bytes|continues after"),
        (endless_chunks, "more than 100000 bytes|continues after"),
        (endless_continue, "continues after"),
        (endless_header, "no valid HTTP answer|continues after"),
        (dripping, "no complete answer within 1 s"),
        (silent, "no complete answer within 1 s"),
        (huge_promise, "announces 100000000000000 bytes"),
        (huge_chunk, "no complete answer within 1 s"),
        (cut_short, "closed 7 bytes before the end"),
        (lambda c: c.sendall(b"SSH-2.0\r\n\r\n"), "no valid HTTP answer"),
        (lambda c: None, "closed without an answer"),
    ],
    ids=lambda value: getattr(value, "__name__", "other"),
)
def test_a_server_that_does_not_answer_is_given_up(
    talk: Callable[[socket.socket], None], message: str
) -> None:
    timeout = 1.0 if "within 1 s" in message else 30.0
    start = time.monotonic()
    with talking(talk) as address, pytest.raises(NoAnswer, match=message):
        call(address, "GET", "/", timeout=timeout, max_body=LIMIT)
    assert time.monotonic() - start < 25


def test_a_body_as_large_as_the_limit_is_read() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(OK + f"Content-Length: {LIMIT}\r\n\r\n".encode() + b"x" * LIMIT)

    with talking(talk) as address:
        assert len(call(address, "GET", "/", max_body=LIMIT).body) == LIMIT
        with pytest.raises(NoAnswer, match=f"announces {LIMIT} bytes; at most {LIMIT - 1}"):
            call(address, "GET", "/", max_body=LIMIT - 1)


def test_a_server_that_reads_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1])
        with pytest.raises(NoAnswer, match=r"no complete answer within 0\.5 s"):
            call(address, "POST", "/", body=b"x" * 64_000_000, timeout=0.5)


def test_an_early_answer_is_read_although_the_request_was_not() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 413 Large\r\nContent-Length: 2\r\n\r\n{}")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    with talking(talk) as address:
        assert call(address, "POST", "/", body=b"x" * 1_000_000).status == 413


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/with space"), ("GET", "/\u00e9"), ("G\r\nET", "/")]
)
def test_a_manifest_cannot_smuggle_a_request(method: str, path: str) -> None:
    with talking(silent) as address, pytest.raises(NoAnswer, match="no valid HTTP answer"):
        call(address, method, path)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a": [1]}', {"a": [1]}),
        (b"[" * 150 + b"]" * 150, "nested"),
        (b"[" * 201 + b"]" * 201, None),
        (b"[" * 2_000_000, None),
        (b'{"a":' * 100_000, None),
        (b"not JSON", None),
        (b"\xff", None),
    ],
    ids=["object", "150 deep", "201 deep", "brackets", "objects", "text", "bytes"],
)
def test_what_is_read_as_json(body: bytes, document: object) -> None:
    found = Response(200, {}, body, 0.0).document
    assert found == document if document != "nested" else found is not None


def test_health_that_answers_slowly_is_not_polled_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LONGEST", 0.5)
    monkeypatch.setattr(health, "LONGEST_POLL", 0.2)
    view = FakeTarget(1, manifest(), Facts(), frozenset()).view
    with (
        talking(silent) as address,
        pytest.raises(health.NeverHealthy, match=r"after [1-9]\d? polls.* within 0\.2 s"),
    ):
        health.poll(view, address, lambda: None, polls=1000, interval=0.0)
