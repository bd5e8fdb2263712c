"""Requests that must be refused: with a clear status, never with a 500, never by hanging."""

from __future__ import annotations

import json

import pytest

from tests.support.plugin_process import SOON, PluginProcess
from tests.support.servers import Start
from tests.support.steps import until

DEEP = b'{"inputs": {"do": "return value", "value": ' + b"[" * 200 + b"]" * 200 + b"}}"


def mixed(depth: int) -> bytes:
    """An array in an object, so many times, as a value of an input."""
    return (
        b'{"inputs": {"do": "return value", "value": '
        + b'[{"a": ' * depth
        + (b"1" + b"}]" * depth + b"}}")
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff{}", "not valid UTF-8"),
        (b"[]", '"inputs"'),
        (b"null", '"inputs"'),
        (b"{}", '"inputs"'),
        (b'{"inputs": []}', '"inputs"'),
        (b'{"inputs": {}, "context": 1}', '"context"'),
        (b'{"inputs": {"do": 1, "do": 2}}', "'do' twice"),
        (b'{"inputs": {"value": NaN}}', "NaN"),
        (b'{"inputs": {"value": -Infinity}}', "-Infinity"),
        (b'{"inputs": {"value": 1e999}}', "1e999"),
        (b'{"inputs": {"value": 1' + b"0" * 400 + b"}}", "401 digits"),
        (b'{"inputs": {"value": 1' + b"0" * 9000 + b"}}", "9001 digits"),
        (b'{"inputs": {"value": "\\ud800"}}', "surrogate"),
        (b'{"inputs": {"\\uDFFF": 1}}', "surrogate"),
        (b'{"inputs": {"value": ["a", ["\\ud800"]]}}', "surrogate"),
        (b'{"inputs": {"value": %d}}' % 2**1024, "309 digits"),
        (b'{"inputs": {"value": -%d}}' % 2**1024, "309 digits"),
        (DEEP, "deeper than 100"),
        (mixed(50), "deeper than 100"),
        (b"[" * 100_000, "deeper than 100"),
        (b'\xef\xbb\xbf\xef\xbb\xbf{"inputs": {}}', "not valid JSON"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_is_not_acceptable_json(running: Start, body: bytes, words: str) -> None:
    status, answer = running().post(body)
    assert status == 400
    assert answer["success"] is False
    assert words in answer["error"]


def test_a_byte_order_mark_is_passed_over(running: Start) -> None:
    body = b'\xef\xbb\xbf{"inputs": {"do": "return value", "value": "\xc3\xa4"}}'
    status, answer = running().post(body)
    assert (status, answer["outputs"]) == (200, {"result": "\u00e4"})


def test_what_only_looks_like_it_is_accepted(running: Start) -> None:
    """The neighbours of what is refused."""
    plugin = running()
    brackets = "[" * 500
    assert plugin.post(mixed(49))[0] == 200, "100 levels"
    largest = int(1.7976931348623157e308)
    for value in [
        "NaN",
        brackets,
        largest,
        -largest,
        2**1023 + 1,
        "\U0001f600",
        10**300,
        -1e308,
        [[[[1]]]],
        "\\ud800",
    ]:
        status, answer = plugin.execute({"do": "return value", "value": value})
        assert status == 200, answer
        assert answer["outputs"]["result"] == value


@pytest.mark.go_too
@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=UTF-8", 200),
        ("Application/JSON;charset=utf-8", 200),
        ("application/vnd.stage7+json", 200),
        ("", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=latin-1", 415),
        ("application/jsonish", 415),
    ],
)
def test_the_content_type(running: Start, content_type: str, status: int) -> None:
    body = b'{"inputs": {"do": "return value"}}'
    assert running().post(body, Content_Type=content_type)[0] == status


def test_a_compressed_body_is_refused(running: Start) -> None:
    assert running().post(b"\x1f\x8b", Content_Encoding="gzip")[0] == 415


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_as_it_is_may_be_called_so(running: Start, encoding: str) -> None:
    body = b'{"inputs": {"do": "return value"}}'
    assert running().post(body, Content_Encoding=encoding)[0] == 200


def test_unknown_paths_and_methods(running: Start) -> None:
    plugin = running()
    status, answer = plugin.get("/nothing")
    assert status == 404
    assert "/execute" in answer["error"]
    status, headers, _ = plugin.request("GET", "/execute")
    assert (status, headers["allow"]) == (405, "POST")
    status, headers, _ = plugin.request("DELETE", "/health")
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert plugin.request("HEAD", "/health")[0] == 200


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_body_that_is_too_large_is_refused_even_to_a_client_that_sends_it_all(
    start: Start,
) -> None:
    plugin = start(PLUGIN_MAX_BODY_BYTES="20000")
    wrapper = json.dumps({"inputs": {"do": "return value", "x": ""}}).encode()
    fits = wrapper.replace(b'""', b'"' + b"y" * (20000 - len(wrapper)) + b'"')
    assert len(fits) == 20000
    assert plugin.post(fits)[0] == 200
    status, answer = plugin.post(fits + b" ")
    assert status == 413
    assert "20000" in answer["error"]
    assert plugin.post(b"y" * 5_000_000)[0] == 413


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_chunked_body(start: Start) -> None:
    plugin = start(PLUGIN_MAX_BODY_BYTES="20000")
    body = b'{"inputs": {"do": "return value", "value": 5}}'
    head = b"POST /execute HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = plugin.raw(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    assert answer.startswith(b"HTTP/1.1 200")
    assert plugin.raw(head + b"zz\r\n").startswith(b"HTTP/1.1 400")
    chunks = b"".join(b"1000\r\n%s\r\n" % (b"y" * 4096) for _ in range(100))
    assert plugin.raw(head + chunks + b"0\r\n\r\n").startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: \x0bchunked",
        b"Transfer-Encoding : chunked",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: -1",
        b"Content-Length: 0x10",
        b"Content-Length: +5",
        b"A header without a colon",
    ],
)
def test_a_request_whose_length_is_in_doubt(running: Start, lines: bytes) -> None:
    request = b"POST /execute HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n\r\n0\r\n\r\n"
    answer = running().raw(request)
    assert answer.split(b" ")[1] == b"400", answer
    assert b'"success": false' in answer
    assert answer.count(b"Content-Length:") == 1, "the rest was taken for another request"


@pytest.mark.go_too
@pytest.mark.parametrize(
    "request_bytes",
    [b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"get /health HTTP/1.1\r\n\r\n"],
    ids=["TLS", "no path", "lower case"],
)
def test_what_is_no_http(running: Start, request_bytes: bytes) -> None:
    answer = running().raw(request_bytes)
    assert answer.split(b" ")[1] == b"400", answer


@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /health HTTP/1.1\nHost: a\n\n", b"GET /health HTTP/1.1\r\nHost: a\n\n"],
)
def test_lines_that_end_with_lf_alone_are_refused_at_once(
    running: Start, request_bytes: bytes
) -> None:
    """The client waits for its answer; without one it would wait for PLUGIN_REQUEST_SECONDS."""
    with running().connect() as connection:
        connection.sendall(request_bytes)
        connection.settimeout(SOON)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_transfer_encoding_in_http_1_0(running: Start) -> None:
    request = b"POST /execute HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert running().raw(request).split(b" ")[1] == b"400"


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_a_header_that_is_too_large(start: Start) -> None:
    plugin = start(PLUGIN_MAX_HEADER_BYTES="2000")
    assert plugin.request("GET", "/health", X=("y" * 1500))[0] == 200
    status, _, answer = plugin.request("GET", "/health", X=("y" * 3000))
    assert status == 431
    assert "2000" in answer["error"]


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_requests_that_follow_each_other_on_one_connection(running: Start) -> None:
    one = b'{"inputs": {"do": "return value", "value": "%d"}}'
    bodies = [one % number for number in range(5)]
    head = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    requests = b"".join(head % len(body) + body for body in bodies)
    answer = running().raw(requests)
    assert [answer.index(b'"result":"%d"' % n) for n in range(5)] == sorted(
        answer.index(b'"result":"%d"' % n) for n in range(5)
    )


def half_open(plugin: PluginProcess, number: int) -> list[object]:
    connections = [plugin.connect() for _ in range(number)]
    for connection in connections:
        connection.sendall(b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
    return list(connections)


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_slow_clients_do_not_keep_others_from_an_answer(start: Start) -> None:
    plugin = start()
    connections = half_open(plugin, 200)
    assert plugin.get("/health")[0] == 200
    assert plugin.execute({"do": "return value"})[0] == 200
    assert len(connections) == 200


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_past_the_limit_the_longest_idle_connection_is_closed(start: Start) -> None:
    plugin = start(PLUGIN_MAX_CONNECTIONS="20")
    assert plugin.get("/health")[0] == 200
    before = plugin.open_files()
    connections = half_open(plugin, 60)
    assert plugin.get("/health")[0] == 200
    until(lambda: plugin.open_files() < before + 30)
    assert len(connections) == 60


@pytest.mark.typescript_too
@pytest.mark.go_too
def test_idle_and_endless_connections_are_closed(start: Start) -> None:
    plugin = start(PLUGIN_IDLE_SECONDS="1", PLUGIN_REQUEST_SECONDS="1")
    idle, slow = plugin.connect(), plugin.connect()
    slow.sendall(b"POST /execute HTTP/1.1\r\n")
    for connection in (idle, slow):
        connection.settimeout(10)
        assert connection.recv(100) == b""
    assert plugin.get("/health")[0] == 200
