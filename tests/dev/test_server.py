"""The server of the page without a browser: who may use it, starts, drains and other languages."""

from __future__ import annotations

import json
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.contract.targets.process import free_port
from tests.support.dev_plugin import DevServer, dev_server, edit, make_plugin, until
from tests.support.template import TEMPLATE

CORRECT = Path(__file__).parents[1] / "contract" / "servers" / "correct"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    with dev_server(make_plugin(tmp_path_factory.mktemp("server") / "plugin")) as running:
        running.printed("ready in")
        yield running


def ask(
    server: DevServer, path: str, document: Any = None, **headers: str
) -> tuple[int, Any, dict[str, str]]:
    """Send a request; return status, body and headers."""
    body = None if document is None else json.dumps(document).encode()
    sent = {"Content-Type": "application/json"} if body else {}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    request = urllib.request.Request(server.url.rstrip("/") + path, body, sent)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def execute(server: DevServer, text: str) -> dict[str, Any]:
    _, body, _ = ask(server, "/api/execute", {"inputs": {"text": text}})
    called: dict[str, Any] = json.loads(body)
    return called


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Content_Type": "text/plain"},
    ],
)
def test_nobody_but_the_page_may_use_it(server: DevServer, headers: dict[str, str]) -> None:
    status, body, _ = ask(server, "/api/execute", {"inputs": {}}, **headers)
    assert (status, body.count("\n")) == (403, 1)
    assert ask(server, "/api/plugin")[0] == 200


def test_answers_forbid_scripts_of_others_and_frames(server: DevServer) -> None:
    policy = ask(server, "/")[2]["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_it_listens_on_this_machine_only(server: DevServer) -> None:
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()
    port = f"{int(server.url.rstrip('/').rpartition(':')[2]):04X}"
    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]
    assert [a for a in listening if a.endswith(f":{port}")] == [f"0100007F:{port}"]


@pytest.mark.parametrize("path", ["/static/../command.py", "/static/%2e%2e/command.py", "/api/x"])
def test_nothing_but_the_page_is_served(server: DevServer, path: str) -> None:
    assert ask(server, path)[0] == 404


def test_an_execution_is_drained_when_a_file_is_saved(server: DevServer) -> None:
    edit(server.folder, "def execute_plugin", "import time\n\n\ndef execute_plugin")
    edit(
        server.folder,
        '    if inputs["text"] == "leak"',
        '    SLOW\n    if inputs["text"] == "leak"',
    )
    edit(server.folder, "SLOW", 'inputs["text"] == "slow" and time.sleep(2)')
    execute(server, "warm")
    found: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: found.append(execute(server, "slow")))
    thread.start()
    server.printed("called with slow")
    edit(server.folder, '"first"', '"second"')
    assert execute(server, "x")["outputs"][0]["result"]["word"] == "second"
    thread.join()
    assert found[0]["outputs"][0]["result"]["word"] == "first"


def test_a_plugin_that_dies_is_started_again_for_the_next_call(server: DevServer) -> None:
    edit(
        server.folder,
        '"fail":',
        '"die":\n        import os\n        os._exit(3)\n    if inputs["text"] == "fail":',
    )
    assert execute(server, "die")["success"] is False
    server.printed("ended with exit code 3")
    assert execute(server, "alive")["success"] is True


def test_a_syntax_error_has_its_place(server: DevServer) -> None:
    edit(server.folder, "import logging\n", "import logging\nif\n")
    server.printed(r"plugin_logic\.py:4: SyntaxError: invalid syntax")
    edit(server.folder, "import logging\nif\n", "import logging\n")
    until(lambda: execute(server, "x").get("success"))


def test_an_error_in_setup_has_its_place(tmp_path: Path) -> None:
    plugin = make_plugin(tmp_path / "plugin")
    edit(plugin, "def execute", 'def setup():\n    raise RuntimeError("no model")\n\n\ndef execute')
    lines = (plugin / "plugin_logic.py").read_text("utf-8").splitlines()
    raised = next(number for number, line in enumerate(lines, 1) if "raise" in line)
    with dev_server(plugin) as server:
        server.printed(rf"plugin_logic\.py:{raised}: RuntimeError: no model")
        assert execute(server, "x")["not_running"][0]["line"] == raised
        assert server.stop() == 0


def test_a_manifest_that_is_no_json_has_its_place(tmp_path: Path) -> None:
    plugin = make_plugin(tmp_path / "plugin")
    manifest = (plugin / "manifest.json").read_text("utf-8")
    with dev_server(plugin) as server:
        server.printed("ready in")
        (plugin / "manifest.json").write_text(manifest.replace('"verb":', '"verb"'), "utf-8")
        server.printed(r"manifest\.json:\d+: it is not JSON")
        (plugin / "manifest.json").write_text(manifest, "utf-8")
        until(lambda: execute(server, "x").get("success"))


def test_a_plugin_without_the_template_runs(tmp_path: Path) -> None:
    """Another server, that takes its port from its command."""
    manifest = json.loads((CORRECT / "manifest.json").read_text("utf-8"))
    plugin = tmp_path / "foreign"
    plugin.mkdir()
    (plugin / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (plugin / "server.rb").write_text("", "utf-8")
    script = plugin / "any.py"
    script.write_text(FOREIGN, "utf-8")
    with dev_server(plugin, "--command", f"python3 {script} {{port}}") as server:
        server.printed("ready in")
        assert execute(server, "x")["status"] == 200


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_the_example_in_node_runs(tmp_path: Path) -> None:
    """On a free port, which its manifest names: it does not read PLUGIN_PORT."""
    plugin = tmp_path / "words-in-node"
    shutil.copytree(TEMPLATE / "examples" / "words-in-node", plugin)
    manifest = json.loads((plugin / "manifest.json").read_text("utf-8"))
    manifest["container"]["ports"][0]["container"] = free_port()
    (plugin / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with dev_server(plugin, "--fixed-port") as server:
        server.printed("ready in")
        assert execute(server, "one two")["answer"]["outputs"] == {"count": 2}
    given = ["invoke", str(plugin), "--fixed-port", "--input", "text=one two three"]
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 0, done.output
    assert "count (number): 3" in done.output


FOREIGN = """
import http.server, json, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer({"status": "healthy"})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"success": True, "outputs": {"result": 1}})

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(main, ["dev", str(tmp_path)])
    assert result.exit_code == 2
    assert "has no manifest.json" in result.output
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
    result = CliRunner().invoke(main, ["dev", str(tmp_path)])
    assert result.exit_code == 2
    assert "needs uvicorn, which is not installed" in result.output
    assert "'stage7-plugin[dev]'" in result.output
