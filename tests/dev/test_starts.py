"""Starts that fail: never healthy, on another port, or for want of a package."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.contract.targets.process import free_port
from stage7_plugin.dev import launch
from stage7_plugin.dev.events import Events
from stage7_plugin.dev.launch import Launch
from stage7_plugin.dev.supervisor import NotRunning, Supervisor
from stage7_plugin.dev.tokens import Tokens
from stage7_plugin.host.view import HostView
from tests.support.dev_plugin import make_plugin

ELSEWHERE = """
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def foreign(folder: Path, port: int) -> Path:
    """Make a plugin whose server listens on the port in its command, whatever PLUGIN_PORT says."""
    plugin = make_plugin(folder / "plugin")
    manifest = json.loads((plugin / "manifest.json").read_text("utf-8"))
    manifest["container"]["ports"][0]["container"] = port
    (plugin / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (plugin / "elsewhere.py").write_text(ELSEWHERE, "utf-8")
    return plugin


def invoke(plugin: Path, command: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["invoke", str(plugin), "--command", command])
    return done.exit_code, done.stderr


def test_invoke_names_the_port_that_a_plugin_took_instead(tmp_path: Path) -> None:
    port = free_port()
    plugin = foreign(tmp_path, port)
    status, told = invoke(plugin, f"{sys.executable} elsewhere.py {port} 200")
    assert status == 2
    assert (
        f"error: the plugin listens on the manifest's port {port} instead of PLUGIN_PORT=" in told
    )
    assert "add --fixed-port" in told


def test_invoke_gives_up_on_a_plugin_that_never_gets_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "START_SECONDS", 0.5)
    plugin = foreign(tmp_path, free_port())
    status, told = invoke(plugin, f"{sys.executable} elsewhere.py {{port}} 503")
    assert status == 2
    assert "error: the plugin was not healthy within 0.5 s" in told


def test_a_plugin_may_take_longer_where_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = make_plugin(tmp_path / "plugin")
    view = HostView.from_manifest(json.loads((plugin / "manifest.json").read_text("utf-8")))
    started = Launch(plugin, Tokens())
    assert started.start_seconds(view) == 60
    monkeypatch.setenv("PLUGIN_START_SECONDS", "300")
    assert started.start_seconds(view) == 305


def test_a_start_that_failed_is_tried_again_by_the_next_call(tmp_path: Path) -> None:
    """As after `make setup`, which changes no watched file."""
    plugin = make_plugin(tmp_path / "plugin")
    logic = plugin / "plugin_logic.py"
    lines = "import sys\n\nsys.path.append('.venv')\nimport left_out\n"
    logic.write_text(lines + logic.read_text("utf-8"), "utf-8")
    with Supervisor(Launch(plugin, Tokens()), Events()) as supervisor:
        with pytest.raises(NotRunning, match="No module named 'left_out'") as told:
            supervisor.ready()
        assert "then run make setup" in str(told.value)
        installed = plugin / ".venv" / "left_out.py"
        installed.parent.mkdir()
        installed.write_text("", "utf-8")
        assert supervisor.ready().number == 2
