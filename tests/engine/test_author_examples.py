"""Plugins with packages, system packages, a model, a network and secrets: a whole life each.

Made by cruft, given an author's files, locked, updated, tested by `make test` with their image, and
checked against the host contract.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stage7_plugin.contract.runner import rules_named
from tests.support.example_plugins import lay_over
from tests.support.git_template import ADDRESS, Workplace
from tests.support.plugin_life import Life
from tests.support.template import TEMPLATE

if TYPE_CHECKING:
    from docker import APIClient

pytest.importorskip("cruft")
pytestmark = [pytest.mark.engine, pytest.mark.network]

KEY = "key-of-the-weather-service"
OF_OTHERS = ("errors", "limits", "load")
"""The server's part: checked where memory is least, and for each language elsewhere."""
TIGHTEST = "document-inspector"


class Weather(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers["Authorization"] == f"Bearer {KEY}"
        body = b'{"temperature": 21.5, "sky": "clear"}'
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def weather(client: APIClient) -> Iterator[dict[str, str]]:
    """Settings of a weather service on this machine, which containers reach as well."""
    server = ThreadingHTTPServer(("0.0.0.0", 0), Weather)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (network,) = client.inspect_network("bridge")["IPAM"]["Config"]
    url = f"http://{network['Gateway']}:{server.server_port}"
    yield {"WEATHER_URL": url, "WEATHER_API_KEY": KEY}
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["bootstrap-interval", "document-inspector", "weather-report"])
def test_a_life(tmp_path: Path, client: APIClient, weather: dict[str, str], name: str) -> None:
    place = Workplace(tmp_path)
    place.seconds = 600
    place.environment |= {"REQUIRE_ENGINE": "1", "NETWORK": "1", **weather}
    source = TEMPLATE / "examples" / name
    answers = ("--config-file", str(source / "answers.yaml"))
    place.run(tmp_path, "cruft", "create", ADDRESS, "--no-input", *answers)
    life = Life(place, tmp_path / name)
    written = lay_over(life.plugin, name, "python")
    place.commit(life.plugin, "Write the plugin")
    own = {path: path.read_bytes() for path in written}

    make(life, "lock")
    assert life.status() == {}, "requirements.txt is what make lock writes"

    life.template_fix()
    life.update()
    life.assert_fixed()
    assert {path: path.read_bytes() for path in own} == own
    place.commit(life.plugin, "Update from the template")

    image = json.loads((life.plugin / "manifest.json").read_text("utf-8"))["container"]["image"]
    try:
        printed = make(life, "test")
        assert " passed" in printed
        settings = tmp_path / "settings"
        settings.write_text("".join(f"{key}={value}\n" for key, value in weather.items()), "utf-8")
        check = ("check", str(life.plugin), "--env-file", str(settings), *rules(name))
        status, report = place.call(TEMPLATE, sys.executable, "-m", "stage7_plugin", *check)
        assert status == 0, report
        assert " 0 failed, 0 warned, " in report.splitlines()[-1], report
        assert KEY not in printed + report
    finally:
        if client.images(image):
            client.remove_image(image, force=True)


def rules(name: str) -> list[str]:
    """The options that leave out what another test checks with the same server."""
    groups = dict.fromkeys(rule.id.partition(".")[0] for rule in rules_named(()))
    return [f"--rule={group}" for group in groups if name != TIGHTEST and group not in OF_OTHERS]


def make(life: Life, target: str) -> str:
    status, output = life.place.call(life.plugin, "make", target, f"PYTHON={sys.executable}")
    assert status == 0, output
    return output
