"""HTTP/1.1 requests (RFC 9112), read from the bytes of one connection.

Strict on purpose: what two servers could read differently is refused, not guessed at. Everything
that is accepted here, llhttp, the parser of Node.js, reads the same way; the template's tests
compare the two.
"""

import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugin_runtime.memory import Share

HEAD_END = b"\r\n\r\n"
REQUEST_LINE = re.compile(
    rb"([A-Z]+(?:-[A-Z]+)*) (?:http://[\w.:-]+)?"
    rb"(/[!-$&-~]*(?:%[0-9A-Fa-f]{2}[!-$&-~]*)*) HTTP/1\.([01])",
    re.ASCII,
)
TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
FIELD = re.compile(rb"(%b):([\t -~\x80-\xff]*)" % TOKEN)
HOST = re.compile(r"[!$%&'()*+,\-.:;=\[\]_~0-9A-Za-z]*")
LENGTH = re.compile(rb"[0-9]{1,18}")
QUOTED = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
# Compiled at its first use: most clients send no chunks.
CHUNK_LINE = rb"([0-9A-Fa-f]{1,8})(?:;%b(?:=(?:%b|%b))?)*" % (TOKEN, TOKEN, QUOTED)
LONGEST_CHUNK_LINE = 4096  # bytes, extensions included
MOST_FRAMING = 16 * 1024  # bytes by which the lines of chunks may outweigh the data, as in Go
MOST_FIELDS = 200
ONLY_ONCE = (
    *("content-length", "transfer-encoding", "content-type", "host", "expect"),
    *("authorization", "proxy-authorization"),
)


class BadRequest(Exception):
    """A request that cannot be read: its status, and one sentence for the caller."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class Request:
    """A request, without its body while that is still on its way.

    Attributes:
        path: Without the query, and with one slash in front.
        headers: Values by lower-case name; repeated ones joined by commas.
        keep_alive: Whether the connection may be used for another request.
        memory: What its body, and all that is made of it, takes; the server sets it.
    """

    __slots__ = ("body", "headers", "keep_alive", "memory", "method", "path", "version")
    memory: "Share"

    def __init__(self, method: str, path: str, version: str, headers: dict[str, str]) -> None:
        self.method, self.path, self.version, self.headers = method, path, version, headers
        self.body: bytes | bytearray = b""
        options = [word.strip(" \t") for word in headers.get("connection", "").lower().split(",")]
        lasting = version == "1.1" or "keep-alive" in options
        self.keep_alive = lasting and "close" not in options


class Parser:
    """The requests of one connection, one after another.

    Args:
        max_header: bytes of a request line and its header, or of a trailer.
        max_body: bytes of a body.
    """

    __slots__ = (
        "_body", "_chunk_left", "_data", "_expects", "_framing", "_max_body", "_max_header",
        "_missing", "_request", "_trailer", "started",
    )  # fmt: skip

    def __init__(self, max_header: int, max_body: int) -> None:
        self._max_header = max_header
        self._max_body = max_body
        self._data = bytearray()
        self._begin()

    def _begin(self) -> None:
        self._request: Request | None = None
        self._expects = False
        self._missing = 0  # bytes of a body with a length
        self._body: bytearray | None = None  # what came of a body in chunks
        self._chunk_left = -1  # of the current chunk; -1: its size comes next; -2: the trailer
        self._framing = 0  # bytes by which the lines of chunks outweigh the data
        self._trailer = 0  # bytes of it so far
        self.started = 0.0
        """When the first byte of the current request came, on the monotonic clock; 0.0: not yet."""

    def __bool__(self) -> bool:
        """Whether there are bytes that no request was made of yet."""
        return bool(self._data)

    @property
    def size(self) -> int:
        """Bytes that are kept of requests which are not complete."""
        return len(self._data) + len(self._body or b"")

    @property
    def in_body(self) -> bool:
        """Whether the header is complete, and the body is not."""
        return self._request is not None

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        self._data += data

    def discard(self) -> None:
        """Forget everything that has arrived."""
        self._data = bytearray()
        self._begin()

    def expects_continue(self) -> bool:
        """Whether the client waits to be told to send its body; True only once for a request."""
        waits, self._expects = self._expects and not self._data, False
        return waits

    def next(self) -> Request | None:
        """The next request that is complete, or None.

        Raises:
            BadRequest: what has arrived is not acceptable; nothing more can be read.
        """
        if self._request is None:
            if not self._data:
                return None
            self._request = self._read_head()
            if self._request is None:
                return None
        request = self._request
        if self._body is not None:
            if not self._read_chunks(self._body):
                return None
            request.body = self._body
        elif len(self._data) < self._missing:
            return None
        elif len(self._data) == self._missing:
            request.body, self._data = self._data, bytearray()
        elif len(self._data) > 2 * self._missing:
            request.body = self._data[: self._missing]
            del self._data[: self._missing]
        else:  # the shorter part is copied: a large body would need its memory twice
            rest = self._data[self._missing :]
            del self._data[self._missing :]
            request.body, self._data = self._data, rest
        self._begin()
        return request

    def _read_head(self) -> Request | None:
        data = self._data
        while data.startswith(b"\r\n"):  # RFC 9112, 2.2: empty lines in front are ignored
            del data[:2]
        if not data:
            return None
        self.started = self.started or time.monotonic()
        end = data.find(HEAD_END, 0, self._max_header)
        if end < 0:
            if len(data) >= self._max_header:
                rule = f"PLUGIN_MAX_HEADER_BYTES allows {self._max_header}"
                raise BadRequest(431, f"The request's header is too large; {rule}.")
            if not (65 <= data[0] <= 90 or data == b"\r"):
                raise BadRequest(400, "This is not HTTP: a request begins with its method.")
            if data.count(b"\n") > data.count(b"\r\n"):  # its end would never come
                raise BadRequest(400, "A line of a request must end with CR and LF.")
            return None
        lines = bytes(data[:end]).split(b"\r\n")
        if len(lines) > MOST_FIELDS + 1:
            raise BadRequest(431, f"The request's header has more than {MOST_FIELDS} lines.")
        del data[: end + len(HEAD_END)]
        match = REQUEST_LINE.fullmatch(lines[0])
        if match is None:
            raise BadRequest(400, "The request line must be like GET /health HTTP/1.1.")
        path = match[2].partition(b"?")[0].decode("ascii")
        if path.startswith("//"):
            path = "/" + path.lstrip("/")
        headers = _fields(lines[1:])
        request = Request(match[1].decode("ascii"), path, f"1.{match[3].decode()}", headers)
        self._read_length(request)
        if "host" not in headers and request.version != "1.0":
            raise BadRequest(400, "An HTTP/1.1 request needs a line such as Host: example.")
        if HOST.fullmatch(headers.get("host", "")) is None:
            raise BadRequest(400, "The header host must be a name, such as Host: example.")
        expected = headers.get("expect", "").lower()
        if expected not in ("", "100-continue"):
            raise BadRequest(417, "The only supported Expect is 100-continue.")
        self._expects = bool(expected) and request.version != "1.0"
        return request

    def _read_length(self, request: Request) -> None:
        """How the body ends; refuse whatever two servers could read differently."""
        coding = request.headers.get("transfer-encoding")
        length = request.headers.get("content-length")
        if coding is not None:
            if coding.lower() != "chunked":
                raise BadRequest(400, "The only supported Transfer-Encoding is chunked.")
            if length is not None or request.version != "1.1":
                what = "Transfer-Encoding requires HTTP/1.1 and no Content-Length."
                raise BadRequest(400, what)
            self._body = bytearray()
        elif length is not None:
            if LENGTH.fullmatch(length.encode("latin-1")) is None:
                raise BadRequest(400, "Content-Length must be a number of bytes, such as 120.")
            self._missing = int(length)
            self._check_size(self._missing)

    def _check_size(self, size: int) -> None:
        if size > self._max_body:
            rule = f"PLUGIN_MAX_BODY_BYTES allows {self._max_body}"
            raise BadRequest(413, f"The request's body is too large; {rule}.")

    def _read_chunks(self, body: bytearray) -> bool:
        """Move what has arrived of the chunks into the body; return whether that was all."""
        data = self._data
        while True:
            if self._chunk_left == -2:
                return self._skip_trailer()
            if self._chunk_left < 0:
                line = self._line(LONGEST_CHUNK_LINE, "The line of a chunk")
                if line is None:
                    return False
                match = re.fullmatch(CHUNK_LINE, line)
                if match is None:
                    raise BadRequest(400, "A chunk must begin with its size, a hexadecimal number.")
                size = int(match[1], 16)
                self._check_size(len(body) + size)
                # Its line, both line ends, less what they carry.
                self._framing = max(0, self._framing + len(line) + 4 - size)
                if self._framing > MOST_FRAMING:
                    raise BadRequest(400, "The chunks have more line overhead than data.")
                self._chunk_left = size or -2
                continue
            body += data[: self._chunk_left]
            arrived = min(self._chunk_left, len(data))
            self._chunk_left -= arrived
            del data[:arrived]
            if self._chunk_left or len(data) < 2:
                return False
            if not data.startswith(b"\r\n"):
                raise BadRequest(400, "A chunk must end where its size says, with a line break.")
            del data[:2]
            self._chunk_left = -1

    def _skip_trailer(self) -> bool:
        """Skip the fields after the last chunk, which nobody here needs."""
        while (line := self._line(self._max_header, "A line of the trailer")) is not None:
            if not line:
                return True
            self._trailer += len(line)
            if self._trailer > self._max_header:
                raise BadRequest(431, f"The trailer has more than {self._max_header} bytes.")
            if _fields([line]).keys() & {"content-length", "transfer-encoding"}:
                raise BadRequest(400, "The length of a body cannot come after it.")
        return False

    def _line(self, longest: int, what: str) -> bytes | None:
        """The next line without its end, if all of it has arrived."""
        end = self._data.find(b"\r\n", 0, longest)
        if end < 0:
            if len(self._data) >= longest:
                raise BadRequest(400, f"{what} has more than {longest} bytes.")
            return None
        line = bytes(self._data[:end])
        del self._data[: end + 2]
        return line


def _fields(lines: list[bytes]) -> dict[str, str]:
    """The fields of a header, by lower-case name."""
    found: dict[str, str] = {}
    for line in lines:
        match = FIELD.fullmatch(line)
        if match is None:
            raise BadRequest(400, "A line of the header must be like Host: example.")
        name = match[1].decode("ascii").lower()
        value = match[2].strip(b" \t").decode("latin-1")
        if name in found:
            if name in ONLY_ONCE:
                raise BadRequest(400, f"The header {name} may come only once.")
            value = f"{found[name]}, {value}"
        found[name] = value
    return found
