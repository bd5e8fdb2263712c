"""What the parser of requests refuses, keeps and waits for: every limit on both sides."""

from __future__ import annotations

import pytest

from tests.runtime.parsing import MAX_BODY, MAX_HEADER, http_request, ours

HEAD = b"POST /execute HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n" + b"a:\r\n" * 199 + b"Host: a\r\n\r\n", None),
        (b"GET /health HTTP/1.1\r\n" + b"a:\r\n" * 200 + b"Host: a\r\n\r\n", 431),
        (HEAD + b"X: " + b"x" * MAX_HEADER, 431),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 400, None),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 600, 431),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * MAX_BODY, 400),
        (HEAD + b"Content-Length: %d\r\n\r\n" % MAX_BODY, None),
        (HEAD + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_limits(data: bytes, status: int | None) -> None:
    assert ours([data])[1] == status


def test_a_caller_who_expects_100_continue_gets_it_once() -> None:
    for version, waits in ((b"1.1", True), (b"1.0", False)):
        parser = http_request.Parser(MAX_HEADER, MAX_BODY)
        parser.feed(b"POST / HTTP/%b\r\nHost: a\r\nExpect: 100-Continue\r\n" % version)
        parser.feed(b"Content-Length: 5\r\n\r\n")
        assert parser.next() is None
        assert [parser.expects_continue(), parser.expects_continue()] == [waits, False]


VALID = (
    b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /execute HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'2;a="b"\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n',
    b"\r\nPOST /execute HTTP/1.0\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi",
)


@pytest.mark.parametrize("request_bytes", VALID)
def test_every_split_of_a_valid_request_in_two(request_bytes: bytes) -> None:
    whole, status = ours([request_bytes])
    assert (len(whole), status) == (1, None)
    for place in range(1, len(request_bytes)):
        parser = http_request.Parser(MAX_HEADER, MAX_BODY)
        parser.feed(request_bytes[:place])
        assert parser.next() is None, f"complete after {place} bytes"
        parser.feed(request_bytes[place:])
        found = parser.next()
        assert found is not None
        assert (found.method, bytes(found.body)) == (whole[0].method, whole[0].body)
        assert (parser.next(), bool(parser), parser.started) == (None, False, 0.0)


def test_a_request_behind_another_is_kept_whichever_is_longer() -> None:
    head = b"POST /execute HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    for first, second in ((2, 3000), (3000, 2), (3000, 3000), (0, 5)):
        data = head % first + b"x" * first + head % second + b"y" * second
        found, status = ours([data])
        assert status is None
        assert [one.body for one in found] == [b"x" * first, b"y" * second]


def test_the_framing_of_chunks_may_outweigh_the_data_by_16_kib() -> None:
    """One-byte chunks have five bytes of framing each, four more than they carry."""
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    assert ours([head + b"1\r\nx\r\n" * 4094 + b"0\r\n\r\n"])[1] is None
    assert ours([head + b"1\r\nx\r\n" * 4097])[1] == 400
    data = b"64\r\n" + b"x" * 100 + b"\r\n"
    assert ours([head + data + b"1\r\nx\r\n" * 4097])[1] == 400, "data in front does not help"
    assert ours([head + b"1;" + b"x" * 4000 + b"\r\nx\r\n"])[1] is None
    assert ours([head + (b"1;" + b"x" * 4000 + b"\r\nx\r\n") * 5])[1] == 400


@pytest.mark.parametrize(
    "data", [b"GET /health HTTP/1.1\n", b"GET / HTTP/1.1\r\nHost: a\n", b"GET / HTTP/1.1\n\n"]
)
def test_a_bare_line_feed_is_not_waited_behind(data: bytes) -> None:
    assert ours([data])[1] == 400
    assert ours([bytes([byte]) for byte in data])[1] == 400


def test_what_is_kept_of_incomplete_requests() -> None:
    parser = http_request.Parser(MAX_HEADER, MAX_BODY)
    parser.feed(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"64\r\n" + b"x" * 50)
    assert parser.next() is None
    assert (parser.size, parser.in_body, parser.started > 0) == (50, True, True)
    parser.discard()
    assert (parser.size, parser.in_body, parser.started) == (0, False, 0.0)


@pytest.mark.parametrize(
    "field",
    [
        b"Transfer-Encoding: gzip",
        b"Content-Length: 5x",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    ],
)
def test_a_length_that_cannot_be_read_is_a_bad_request(field: bytes) -> None:
    assert ours([HEAD + field + b"\r\n\r\nhello"]) == ([], 400)


@pytest.mark.parametrize(("length", "status"), [(1000, None), (1001, 431)])
def test_the_longest_trailer(length: int, status: int | None) -> None:
    lines = b"a:".ljust(1000, b"x") + b"\r\n" + b"b:".ljust(length, b"x") + b"\r\n\r\n"
    data = HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + lines
    assert ours([data])[1] == status


def test_chunks_are_no_part_of_http_1_0() -> None:
    data = b"POST /execute HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert ours([data]) == ([], 400)


def test_chunks_count_together() -> None:
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%b\r\n" % (MAX_BODY // 2, b"x" * (MAX_BODY // 2))
    assert ours([head + chunk * 2 + b"0\r\n\r\n"])[1] is None
    assert ours([head + chunk * 2 + b"1\r\n"])[1] == 413


@pytest.mark.parametrize(("length", "status"), [(864, None), (865, 400)])
def test_what_the_framing_of_chunks_is_compared_with(length: int, status: int | None) -> None:
    """The lines and line ends of all chunks, less what they carry, are 16 KiB at most."""

    def chunk(line: int) -> bytes:
        return b"64;".ljust(line, b"x") + b"\r\n" + b"x" * 100 + b"\r\n"

    data = chunk(4000) * 4 + chunk(length) + b"64\r\n" + b"x" * 100 + b"\r\n0\r\n\r\n"
    assert ours([HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + data])[1] == status
