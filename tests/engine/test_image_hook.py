"""`build_and_try`, run in a process of its own, as the post-generation hook runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.engine.conftest import containers

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
CALL = (
    "import json, sys; from pathlib import Path; "
    "from stage7_plugin.generate.image import build_and_try; folder = Path(sys.argv[1]); "
    "manifest = json.loads((folder / 'manifest.json').read_text('utf-8')); "
    "sys.exit(0 if build_and_try(folder, manifest, sys.argv[2]) else 9)"
)


def environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}


def build_and_try(
    folder: Path, mode: str = "yes", **changes: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CALL, str(folder), mode],
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_builds_tries_and_prints_the_times(client: APIClient, plugin: Path) -> None:
    done = build_and_try(plugin)
    assert done.returncode == 0, done.stderr
    assert "Step 1/" in done.stdout
    assert "answered 200" in done.stdout
    table = dict(re.findall(r"(?m)^  (\w[\w ]*?) +(\d+\.\d\d) s$", done.stdout))
    assert list(table) == ["build", "start to healthy", "execute", "stop", "total"]
    assert done.stderr == ""
    assert containers(client, plugin) == []
    assert "existed before" not in build_and_try(plugin).stdout
    (plugin / "server.py").write_text((plugin / "server.py").read_text() + "\n# changed\n")
    assert "existed before" in build_and_try(plugin).stdout


def test_a_terminal_sees_the_steps_as_they_come(plugin: Path) -> None:
    (plugin / "Dockerfile").write_text(
        (plugin / "Dockerfile").read_text() + "RUN echo fir''st; sleep 4; echo sec''ond\n"
    )
    session = pexpect.spawn(
        sys.executable, ["-c", CALL, str(plugin), "yes"], env=environment(), encoding="utf-8"
    )
    session.expect("Step 1/", timeout=20)
    session.expect("first", timeout=20)
    seen_first = time.monotonic()
    session.expect("second", timeout=20)
    assert time.monotonic() - seen_first > 1
    session.expect("total", timeout=60)
    session.expect(pexpect.EOF, timeout=10)
    session.close()
    assert session.exitstatus == 0


@pytest.mark.parametrize(("mode", "kind"), [("yes", "warning: "), ("required", "error: ")])
def test_a_failed_build_tells_why_and_what_to_type(plugin: Path, mode: str, kind: str) -> None:
    (plugin / "Dockerfile").write_text("FROM python:3.11-slim\nRUN echo last words; exit 7\n")
    done = build_and_try(plugin, mode)
    assert done.returncode == 9
    # An error of a generation is on standard output, with what else the hook says.
    printed = done.stderr if mode == "yes" else done.stdout[done.stdout.index(kind) :]
    assert printed.startswith(kind)
    assert "| last words" in printed
    assert "try it by hand: docker build --tag stage7-test/" in printed
    assert "Traceback" not in done.stderr
    assert (plugin / "manifest.json").is_file()


def test_a_failing_example_shows_the_plugins_own_log(client: APIClient, plugin: Path) -> None:
    (plugin / "examples" / "request.json").write_text('{"inputs": {"text": "fail"}}')
    done = build_and_try(plugin)
    assert done.returncode == 9
    assert "the example of the plugin did not succeed: /execute answered 500" in done.stderr
    assert '"message": "failed"' in done.stderr
    assert containers(client, plugin) == []


def test_without_the_sdk_it_says_how_to_install_it(plugin: Path, tmp_path: Path) -> None:
    (tmp_path / "docker.py").write_text("raise ImportError('not installed')")
    done = build_and_try(plugin, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 9
    assert "the Docker SDK for Python is not installed" in done.stderr
    assert f"{sys.executable} -m pip install docker" in done.stderr


def test_without_an_engine_it_says_how_to_start_it(plugin: Path) -> None:
    done = build_and_try(plugin, DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.returncode == 9
    assert "no Docker engine answers at tcp://127.0.0.1:1: " in done.stderr
    assert "try it by hand: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_manifest_that_the_host_cannot_use(plugin: Path) -> None:
    (plugin / "manifest.json").write_text('{"container": {}, "api": {}}')
    done = build_and_try(plugin)
    assert done.returncode == 9
    assert "container.ports is missing; the host needs it, for example" in done.stderr


def test_ctrl_c_leaves_no_container(client: APIClient, plugin: Path) -> None:
    source = (plugin / "server.py").read_text()
    (plugin / "server.py").write_text(source.replace('"healthy"', '"starting"'))
    hook = subprocess.Popen(
        [sys.executable, "-c", CALL, str(plugin), "yes"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    end = time.monotonic() + 30
    while not containers(client, plugin) and time.monotonic() < end:
        time.sleep(0.05)
    assert containers(client, plugin)
    hook.send_signal(signal.SIGINT)
    hook.communicate(timeout=20)
    assert hook.returncode not in (0, 9)
    assert containers(client, plugin) == []
