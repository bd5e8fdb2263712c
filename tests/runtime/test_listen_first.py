"""listen_first.pl: the socket is there before Python has begun, and Python takes it over."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import pytest

from tests.runtime.conftest import TEMPLATE, Start
from tests.runtime.plugin_process import SOON
from tests.runtime.test_careless_plugins import still_works

SCRIPT = TEMPLATE / "plugin_runtime" / "listen_first.pl"
PERL = shutil.which("perl") or ""
PRINT = "import os; print(os.environ.get('PLUGIN_LISTENER', 'none'))"

pytestmark = pytest.mark.skipif(not PERL, reason="there is no perl on this machine")


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def becomes(environ: dict[str, str]) -> str:
    """What a program that is started by it finds in PLUGIN_LISTENER."""
    command = [PERL, "-w", str(SCRIPT), "/usr/bin/env", "python3", "-c", PRINT]
    environ = {"PATH": os.environ["PATH"], **environ}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


def test_it_listens_before_the_program_answers(port: str) -> None:
    command = [PERL, str(SCRIPT), shutil.which("sleep") or "", "20"]
    process = subprocess.Popen(command, env={"PLUGIN_PORT": port})
    try:
        with connect_once_it_listens(int(port)) as connection:
            connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def connect_once_it_listens(port: int) -> socket.socket:
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            continue


def test_the_server_serves_on_its_socket(start: Start, port: str) -> None:
    plugin = start("careless.py", first=[PERL, str(SCRIPT)], PLUGIN_PORT=port, PLUGIN_HOST="")
    assert plugin.port == int(port)
    assert plugin.wait_for_line(lambda line: "address" in line)["address"] == f"0.0.0.0:{port}"
    still_works(plugin)
    assert plugin.execute({"do": "environment", "value": "PLUGIN_LISTENER"})[0] == 500
    plugin.terminate()
    assert plugin.wait() < SOON


@pytest.mark.parametrize(
    "wrong", ["", "0", "-1", "08080", "70000", "8080x", "1e3", " 8080", "http"]
)
def test_a_port_that_is_none_is_left_to_the_server(wrong: str) -> None:
    assert becomes({"PLUGIN_PORT": wrong}) == "none"


def test_a_port_that_is_taken_is_left_to_the_server() -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        number = str(taken.getsockname()[1])
        assert becomes({"PLUGIN_PORT": number}) == "none"


def test_an_address_is_left_to_the_server(port: str) -> None:
    assert becomes({"PLUGIN_PORT": port, "PLUGIN_HOST": "127.0.0.1"}) == "none"


def test_a_number_from_outside_is_not_believed(port: str) -> None:
    assert becomes({"PLUGIN_PORT": "none", "PLUGIN_LISTENER": "1"}) == "none"
    assert int(becomes({"PLUGIN_PORT": port, "PLUGIN_LISTENER": "1"})) > 2
