"""How a Go plugin starts, or says why it does not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.plugin_process import MANIFEST, PluginProcess, free_port
from tests.support.servers import Server, Start
from tests.support.steps import answer_on


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (
            {"SETUP_FAILS": "1", "DATABASE_TOKEN": "token-4711-abc"},
            "Setup failed: no database; token [redacted]",
        ),
        ({"AT_IMPORT": "panic"}, "Setup failed: panic: no licence"),
        ({"AT_IMPORT": "goexit"}, "Setup failed: it ended its goroutine"),
        ({"SETUP_SECONDS": "9", "PLUGIN_START_SECONDS": "1"}, "its Setup did not finish within 1"),
    ],
    ids=["error", "panic", "Goexit", "slow"],
)  # fmt: skip
def test_a_plugin_that_does_not_get_ready_ends_with_the_reason(
    start: Start, environ: dict[str, str], words: str
) -> None:
    plugin = start(**environ)
    status, health = plugin.get("/health")
    assert (status, "token-4711-abc" in json.dumps(health)) == (503, False)
    plugin.wait()
    assert plugin.process.returncode == 1
    assert plugin.lines[-1]["level"] == "CRITICAL"
    assert words in plugin.lines[-1]["message"]
    assert "token-4711-abc" not in plugin.log


@pytest.mark.parametrize(
    ("manifest", "environ", "words"),
    [
        ({}, {"PLUGIN_PORT": "70000"}, "PLUGIN_PORT='70000': use a whole number from 0 to 65535"),
        ({}, {"PLUGIN_HOST": "192.0.2.1"}, "cannot listen on PLUGIN_HOST='192.0.2.1'"),
        ({"outputDefinitions": [{"name": "a", "type": "string", "pattern": "(?=a)"}]}, {},
         "the pattern of a in outputDefinitions is not a regular expression that Go knows"),
    ],
    ids=["port", "host", "pattern"],
)  # fmt: skip
def test_what_is_wrong_ends_the_start(
    start: Start, manifest: dict[str, object], environ: dict[str, str], words: str
) -> None:
    plugin = start(manifest=manifest, **environ)
    plugin.wait()
    assert plugin.process.returncode == 2
    assert words in plugin.lines[-1]["message"]


def test_it_listens_before_it_reads_anything(tmp_path: Path, go_server: Server) -> None:
    """The host asks for health at once, and then again only after a second."""
    command = go_server(tmp_path, "")
    os.mkfifo(tmp_path / "manifest.json")  # reading it waits until something is written
    port = free_port()
    plugin = PluginProcess(tmp_path, {"PLUGIN_PORT": port}, command=command)
    try:
        with plugin.connect() as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST), "utf-8")
            assert answer_on(connection)[0] == 200
    finally:
        plugin.kill()


def test_the_manifest_may_say_where_it_listens(start: Start) -> None:
    container = {**MANIFEST["container"], "environment": {"PLUGIN_HOST": "127.0.0.2"}}
    plugin = start(manifest={"container": container}, PLUGIN_HOST="")
    line = plugin.wait_for_line(lambda line: "address" in line)
    assert line["address"].startswith("127.0.0.2:")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_who_has_an_answer_may_stop_it(start: Start, number: signal.Signals) -> None:
    plugin = start(PLUGIN_PORT=free_port())
    assert plugin.get("/health")[0] == 200
    plugin.process.send_signal(number)
    plugin.wait()
    assert plugin.process.returncode == 0


def healthcheck(plugin: PluginProcess, folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [folder / "plugin", "healthcheck"],
        cwd="/",
        env={"PLUGIN_PORT": str(plugin.port)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def test_the_health_check_of_the_image(start: Start, tmp_path: Path) -> None:
    plugin = start()
    status, said = healthcheck(plugin, tmp_path / "plugin-0")
    assert (status, json.loads(said)["status"]) == (0, "healthy")
    plugin.terminate()
    plugin.wait()
    status, said = healthcheck(plugin, tmp_path / "plugin-0")
    assert status == 1
    assert "no answer from port" in said


def test_an_argument_that_it_does_not_know(start: Start) -> None:
    plugin = start(arguments=["--help"])
    plugin.wait()
    assert plugin.process.returncode == 2
    assert "usage:" in plugin.log


def limits(plugin: PluginProcess) -> dict[str, int]:
    """What Go's runtime keeps to in this process."""
    found: dict[str, int] = plugin.execute({"do": "limits"})[1]["outputs"]["result"]
    return found


def test_the_hosts_environment_does_not_tune_go(start: Start) -> None:
    usual = limits(start(PLUGIN_MEMORY_BYTES=str(256 << 20)))
    assert (usual["percent"], usual["limit"]) == (100, (256 << 20) - (256 << 20) // 10)
    hosts = {"GOGC": "off", "GOMEMLIMIT": "1TiB", "GOMAXPROCS": "77"}
    assert limits(start(PLUGIN_MEMORY_BYTES=str(256 << 20), **hosts)) == usual


def test_the_hosts_debugging_of_go_breaks_neither_start_nor_log(start: Start) -> None:
    plugin = start(GODEBUG="gctrace=1,asyncpreemptoff=1", GOMAXPROCS="64", GOTRACEBACK="none")
    for _ in range(3):
        assert plugin.execute({"do": "collect garbage"})[0] == 200
    for name in ("GODEBUG", "GOTRACEBACK"):
        assert plugin.execute({"do": "environment", "value": name})[1]["outputs"] == {"result": ""}
    assert all("level" in line for line in plugin.lines)


def test_the_level_of_the_log_and_the_environment_hold_in_the_process(start: Start) -> None:
    hosts = {"HOME": "/no/such/folder", "PATH": "/host/bin"}
    plugin = start(PLUGIN_PORT=free_port(), PLUGIN_LOG_LEVEL="ERROR", **hosts)

    def variable(name: str) -> str:
        answer = plugin.execute({"do": "environment", "value": name})[1]
        return str(answer["outputs"]["result"])

    assert variable("HOME") == "/tmp"
    assert variable("PATH").startswith("/host/bin:")
    assert "/usr/bin" in variable("PATH").split(":")
    plugin.terminate()
    plugin.wait()
    assert plugin.log == "", "all of it is below the level"


def test_what_is_not_redacted_of_the_environment_is_told(start: Start) -> None:
    plugin = start(API_KEY="x" * 33_000, PLUGIN_SECRET_ENV="API_KEY,NONE")
    plugin.wait_for_line(lambda line: "some secrets of the environment" in line["message"])
    plugin.wait_for_line(lambda line: "variables that are not set: NONE" in line["message"])
