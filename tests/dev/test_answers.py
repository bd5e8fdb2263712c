"""What is said about a plugin's answer: how the host hands it on, and what it makes of it."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.dev.calling import Called, Caller
from stage7_plugin.dev.tokens import Tokens
from stage7_plugin.host.http_client import Address
from stage7_plugin.host.view import HostView
from tests.support.dev_plugin import RENDERED

MANIFEST: dict[str, Any] = json.loads((RENDERED / "manifest.json").read_text("utf-8"))


class _Plugin(http.server.ThreadingHTTPServer):
    """Answers every execution with the same, and keeps what it was sent."""

    answer: Any = None
    received: Any = None


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Plugin

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received = json.loads(body)
        answer = json.dumps(self.server.answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@pytest.fixture
def plugin() -> Iterator[_Plugin]:
    with _Plugin(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def called(plugin: _Plugin, answer: Any) -> Called:
    plugin.answer = answer
    address = Address("127.0.0.1", plugin.server_address[1])
    caller = Caller(MANIFEST, HostView.from_manifest(MANIFEST), address, Tokens())
    return caller.call({"text": "hello"})


def test_inputs_and_what_the_host_adds_are_sent(plugin: _Plugin) -> None:
    found = called(plugin, {"success": True, "outputs": {"result": "x"}})
    sent = plugin.received["inputs"]
    assert sent["text"] == "hello"
    assert {"availablePlugins", "stepId", "__auth_token"} <= sent.keys()
    assert MANIFEST["verb"] in sent["availablePlugins"]
    assert plugin.received["context"]["trace_id"] == found["trace_id"]
    assert [name for name, _ in found["phases"]] == ["inputs", "execute"]
    assert (found["success"], found["notes"]) == (True, [])
    assert found["outputs"][0]["resultDescription"] == "Container plugin output: result"


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ({"outputs": {"result": None}}, "Output result is null: the host treats it as missing."),
        ({"outputs": {"error": "x"}}, "Output error: the host treats this name specially"),
        ({"outputs": {"status": 1}}, "Output status: the host treats this name specially"),
        ({"outputs": {"n": 2**53 + 1}}, "Output n is above 2^53: the host rounds it."),
        ({"success": False, "error": "x"}, "success is false, but the status is 2xx"),
    ],
)
def test_what_the_host_makes_of_an_answer_is_reported(
    plugin: _Plugin, answer: dict[str, Any], note: str
) -> None:
    (found,) = called(plugin, {"success": True, **answer})["notes"]
    assert found.startswith(note)


def test_an_answer_without_outputs_is_what_the_host_makes_of_it(plugin: _Plugin) -> None:
    (output,) = called(plugin, {"success": True})["outputs"]
    assert output["result"] == "Container execution completed successfully"


def test_invoke_calls_a_url_with_the_manifest_that_is_named(
    plugin: _Plugin, tmp_path: Path
) -> None:
    plugin.answer = {"success": True, "outputs": {"result": "from far away"}}
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({"inputs": {"text": "from a file"}}), "utf-8")
    url = f"http://127.0.0.1:{plugin.server_address[1]}"
    given = ["--manifest", str(RENDERED / "manifest.json"), "--inputs", str(inputs)]
    done = CliRunner().invoke(main, ["invoke", url, *given])
    assert done.exit_code == 0, done.output
    assert "result (string): from far away" in done.stdout
    assert plugin.received["inputs"]["text"] == "from a file"
    done = CliRunner().invoke(main, ["invoke", url, *given, "--input", "text=typed"])
    assert done.exit_code == 0
    assert plugin.received["inputs"]["text"] == "typed"
