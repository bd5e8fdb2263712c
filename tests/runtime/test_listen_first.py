"""listen_first.pl: the socket is there before Python has begun, and Python takes it over."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.runtime.runtime_modules import TEMPLATE
from tests.support.plugin_process import SOON
from tests.support.servers import Start
from tests.support.steps import still_works

SCRIPT = TEMPLATE / "plugin_runtime" / "listen_first.pl"
PERL = shutil.which("perl") or ""
FLAGS = ["-tX"]  # as in the Dockerfile
PRINT = """
import os, signal
own = os.environ.get("LISTEN_PID") == str(os.getpid())
blocked = signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, [])
print(os.environ.get("LISTEN_FDS", "none"), own, blocked)
"""
LISTENING, NOT_LISTENING = "1 True True", "none False True"

pytestmark = pytest.mark.skipif(not PERL, reason="there is no perl on this machine")


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def becomes(environ: dict[str, str]) -> str:
    """LISTEN_FDS of a program that it starts, whether LISTEN_PID is its own, SIGTERM blocked."""
    command = [PERL, *FLAGS, str(SCRIPT), sys.executable, "-c", PRINT]
    environ = {"PATH": os.environ["PATH"], "PERL_BADLANG": "0", **environ}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


def test_it_listens_before_the_program_answers(port: str) -> None:
    command = [PERL, *FLAGS, str(SCRIPT), shutil.which("sleep") or "", "20"]
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
    plugin = start(
        "careless.py", first=[PERL, *FLAGS, str(SCRIPT)], PLUGIN_PORT=port, PLUGIN_HOST=""
    )
    assert plugin.port == int(port)
    assert plugin.wait_for_line(lambda line: "address" in line)["address"] == f"0.0.0.0:{port}"
    still_works(plugin)
    for name in ("LISTEN_FDS", "LISTEN_PID"):
        assert plugin.execute({"do": "environment", "value": name})[0] == 500
    plugin.terminate()
    assert plugin.wait() < SOON


@pytest.mark.parametrize(
    "wrong", ["", "0", "-1", "08080", "70000", "8080x", "1e3", " 8080", "http"]
)
def test_a_port_that_is_none_is_left_to_the_server(wrong: str) -> None:
    assert becomes({"PLUGIN_PORT": wrong}) == NOT_LISTENING


def test_a_port_that_is_taken_is_left_to_the_server() -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        number = str(taken.getsockname()[1])
        assert becomes({"PLUGIN_PORT": number}) == NOT_LISTENING


def test_an_address_is_left_to_the_server(port: str) -> None:
    assert becomes({"PLUGIN_PORT": port, "PLUGIN_HOST": "127.0.0.1"}) == NOT_LISTENING


def test_what_the_host_injects_is_not_believed(port: str) -> None:
    foreign = {"LISTEN_FDS": "1", "LISTEN_PID": "1", "LISTEN_FDNAMES": "x"}
    assert becomes({"PLUGIN_PORT": "none", **foreign}) == NOT_LISTENING
    assert becomes({"PLUGIN_PORT": port, **foreign}) == LISTENING


@pytest.mark.parametrize("pid", ["own", "foreign"])
def test_no_socket_is_handed_over_although_the_environment_says_so(start: Start, pid: str) -> None:
    shell = 'LISTEN_PID=$$; export LISTEN_PID; exec "$@"' if pid == "own" else 'exec "$@"'
    plugin = start("careless.py", first=["sh", "-c", shell, "sh"], LISTEN_FDS="1", LISTEN_PID="1")
    still_works(plugin)


@pytest.mark.parametrize(
    "environ",
    [
        {"PERL5OPT": "-MNoSuchModule"},
        {"PERL5LIB": "/nowhere", "PERL5OPT": "-d"},
        {"LC_ALL": "xx_YY", "LANG": "xx_YY"},
        {"PERLIO": ":nonsense", "PERL_UNICODE": "SDA"},
        {"PATH": ".:/tmp", "IFS": "x", "BASH_ENV": "/nowhere"},
    ],
    ids=lambda environ: "-".join(environ),
)
def test_perls_own_environment_variables_change_nothing(environ: dict[str, str], port: str) -> None:
    assert becomes({"PLUGIN_PORT": port, **environ}) == LISTENING


def test_a_sigterm_before_python_has_begun_is_not_lost(
    start: Start, port: str, tmp_path: Path
) -> None:
    """The program waits before it becomes Python; the signal comes while it waits."""
    waits = tmp_path / "wait"
    # In Perl: a shell would unblock the signal.
    script = f'open(my $there, ">", "{tmp_path}/there"); sleep 1; exec {{ $ARGV[0] }} @ARGV;'
    waits.write_text(f"#!{PERL}\n{script}\n")
    waits.chmod(0o755)
    # A shell that ignores SIGTERM stands for PID 1, for which the kernel does the same.
    ignoring = ["sh", "-c", "trap '' TERM; exec \"$@\"", "sh"]
    plugin = start(
        "careless.py", first=[*ignoring, PERL, *FLAGS, str(SCRIPT), str(waits)], PLUGIN_PORT=port
    )
    while not (tmp_path / "there").exists():
        time.sleep(0.01)
    plugin.process.send_signal(signal.SIGTERM)
    assert plugin.wait() < SOON
    assert plugin.process.returncode == 0
