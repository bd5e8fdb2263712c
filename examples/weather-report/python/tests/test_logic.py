"""What Weather Report asks and answers; a server of this machine takes the service's place."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from conftest import lacking
from plugin_call import run

from weather_service import Service, ServiceError

KEY = "key-of-the-tests"
ANSWERS: dict[str, tuple[int, bytes]] = {
    "/current?city=Paris": (200, b'{"temperature": 21, "sky": "clear"}'),
    "/current?city=S%C3%A3o+Paulo": (200, b'{"temperature": 27.5}'),
    "/current?city=List": (200, b"[]"),
    "/current?city=Text": (200, b"no JSON"),
    "/current?city=Busy": (429, b""),
    "/current?city=Broken": (500, b""),
}


class Handler(BaseHTTPRequestHandler):
    """Answers requests that have the key from ANSWERS."""

    def do_GET(self) -> None:
        if self.headers["Authorization"] == f"Bearer {KEY}":
            status, body = ANSWERS.get(self.path, (404, b""))
        else:
            status, body = 401, b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_it_reads_the_weather(url: str) -> None:
    service = Service(url, KEY)
    assert service.current("Paris") == {"temperature": 21.0, "sky": "clear"}
    assert service.current("São Paulo") == {"temperature": 27.5, "sky": None}


@pytest.mark.parametrize(
    ("city", "key", "reason"),
    [
        ("Atlantis", KEY, "knows no such city"),
        ("Paris", "wrong", "does not accept WEATHER_API_KEY"),
        ("Busy", KEY, "too many requests"),
        ("Broken", KEY, "answered 500"),
        ("List", KEY, "answered something else"),
        ("Text", KEY, "answered something else"),
    ],
)
def test_what_fails_is_told_without_the_key(url: str, city: str, key: str, reason: str) -> None:
    with pytest.raises(ServiceError) as told:
        Service(url, key).current(city)
    assert reason in str(told.value)
    assert key not in str(told.value)


def test_a_service_that_is_not_there() -> None:
    with pytest.raises(ServiceError, match="cannot be reached"):
        Service("http://127.0.0.1:1", KEY).current("Paris")


def test_an_address_that_is_none() -> None:
    with pytest.raises(ValueError, match="must begin with https"):
        Service("file:///etc/passwd", KEY)


def test_the_example(example: dict[str, Any]) -> None:
    """Runs where NETWORK=1 is set, and the settings of a real service."""
    if reason := lacking("setup", "example"):
        pytest.skip(reason)
    outputs = run(example)["outputs"]
    assert -100 < outputs["temperature"] < 60
