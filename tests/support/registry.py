"""A registry for images in the memory of a test: enough for `docker push` and a pull by digest."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit


class Registry:
    """As a context manager it serves; the engine talks to 127.0.0.1 without TLS.

    Attributes:
        manifests: By the path under which they were put: `/v2/team/echo/manifests/1.0.0`.
        pulled: The path of each manifest and blob that was read.
    """

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.pulled: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def name(self) -> str:
        """The first part of an image's name."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Registry:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _handler(registry: Registry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            place, _, key = parts.path.rpartition("/")
            body = self._body()
            if self.command in ("GET", "HEAD"):
                self._read(place, key)
            elif self.command == "POST":
                self._upload(f"{parts.path.rstrip('/')}/{uuid.uuid4().hex}", b"")
            elif self.command == "PATCH":
                self._upload(parts.path, registry.uploads[key] + body)
            elif place.endswith("/manifests"):
                digest = _digest(body)
                for name in (key, digest):
                    registry.manifests[f"{place}/{name}"] = body
                self._send(201, b"", {"Docker-Content-Digest": digest})
            else:
                digest = parse_qs(parts.query)["digest"][0]
                registry.blobs[digest] = registry.uploads.pop(key) + body
                self._send(201, b"", {"Docker-Content-Digest": digest})

        do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = handle_any

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)

        def _read(self, place: str, key: str) -> None:
            if place == "/v2":
                self._send(200, b"{}")
                return
            kept = registry.manifests if place.endswith("/manifests") else registry.blobs
            content = kept.get(f"{place}/{key}" if kept is registry.manifests else key)
            if content is None:
                self._send(404, b'{"errors": [{"code": "UNKNOWN"}]}')
                return
            if self.command == "GET":
                registry.pulled.append(self.path)
            kind = "application/octet-stream"
            if kept is registry.manifests:
                kind = json.loads(content)["mediaType"]
            self._send(
                200, content, {"Content-Type": kind, "Docker-Content-Digest": _digest(content)}
            )

        def _upload(self, path: str, content: bytes) -> None:
            registry.uploads[path.rpartition("/")[2]] = content
            last = max(len(content) - 1, 0)
            self._send(202, b"", {"Location": path, "Range": f"0-{last}"})

        def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    return Handler
