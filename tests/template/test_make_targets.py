"""`make run`, `up`, `down` and `logs` of a rendered plugin, without an engine."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from stage7_plugin.contract.targets.process import free_port
from tests.support.template import render

# Answers as the client does where there is an engine and no container; keeps what it is asked.
FAKE = """#!/bin/sh
echo "docker $*" >> "$CALLS"
case "$1 $2" in
  version*) exit ${ENGINE:-0} ;;
  container*) [ -z "$INSPECTED" ] || { echo "$INSPECTED"; exit 0; }; exit 1 ;;
  run*) [ -z "$REFUSED" ] || { echo "$REFUSED" >&2; exit 125; }
    echo "token ${API_TOKEN:-none}" >> "$CALLS" ;;
esac
"""


def start_plugin(
    project: Path, *arguments: str, **environ: str
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run tests/start_plugin.py with a Docker client that only notes what it is asked."""
    program = project / "bin" / "docker"
    program.parent.mkdir(exist_ok=True)
    program.write_text(FAKE, "utf-8")
    program.chmod(0o755)
    calls = project / "calls"
    calls.write_text("")
    done = subprocess.run(
        [sys.executable, "tests/start_plugin.py", *arguments],
        cwd=project,
        env={
            "PATH": f"{program.parent}:/usr/bin:/bin",
            "CALLS": str(calls),
            "PLUGIN_HOST_PORT": "18080",
            "PLUGIN_HOST_ADDRESS": "127.0.0.1",
            **environ,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done, calls.read_text("utf-8").splitlines()


def run_line(calls: list[str]) -> str:
    """The one `docker run` among the calls."""
    (line,) = [line for line in calls if line.startswith("docker run")]
    return line


def compose_service(project: Path) -> dict[str, Any]:
    """The plugin's service in compose.yaml."""
    document = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))
    service = document["services"]["text-echo"]
    assert isinstance(service, dict)
    return service


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin with a required secret; no test changes its files."""
    project = render(tmp_path_factory.mktemp("plugin"))
    path = project / "manifest.json"
    token = {"key": "API_TOKEN", "type": "secret", "required": True, "description": "Of x"}
    document = {**json.loads(path.read_text("utf-8")), "configuration": [token]}
    path.write_text(json.dumps(document, indent=2), "utf-8")
    (project / "values").write_text("# mine\n\nexport API_TOKEN='s3cret value'\nPLUGIN_PORT=1\n")
    return project


@pytest.mark.parametrize(("memory", "cpu"), [("256m", "0.5"), ("1g", "2"), ("65536k", "0.01")])
def test_make_and_compose_limit_alike(tmp_path: Path, memory: str, cpu: str) -> None:
    project = render(tmp_path, memory=memory, cpu=cpu)
    run = run_line(start_plugin(project, "up")[1])
    options = dict(re.findall(r"--([a-z-]+)[ =](\S+)", run))
    service = compose_service(project)
    units = {"k": 1024, "m": 1024**2, "g": 1024**3}
    size = int(memory[:-1]) * units[memory[-1]]
    assert int(options["memory"]) == size
    assert options["tmpfs"] == f"/tmp:size={size // 4},exec"
    assert service["tmpfs"] == [f"/tmp:size={size // 4 // 1024**2}m,exec"]
    assert int(options["cpu-shares"]) == service["cpu_shares"] == int(float(cpu) * 1024)
    assert int(options["pids-limit"]) == service["pids_limit"]
    assert options["publish"] == "127.0.0.1:18080:8080"


def test_up_passes_settings_by_name_and_never_shows_a_value(plugin: Path) -> None:
    done, calls = start_plugin(plugin, "up", ENV_FILE="values")
    assert done.returncode == 0, done.stdout
    run = run_line(calls)
    assert "--env=API_TOKEN " in run
    assert "s3cret" not in run + done.stdout, "other users see a command line"
    assert "PLUGIN_PORT" not in run, "the port is the one that is published"
    assert "token s3cret value" in calls
    _, calls = start_plugin(plugin, "up", ENV_FILE="values", API_TOKEN="of the shell")
    assert "token of the shell" in calls


@pytest.mark.parametrize("line", ["API_TOKEN", "s3cret", "1A=x", "A B=x"])
def test_a_wrong_line_of_the_file_is_named_without_its_text(plugin: Path, line: str) -> None:
    file = plugin / "wrong"
    file.write_text(f"A=b\n{line}\n")
    done, _ = start_plugin(plugin, "up", ENV_FILE="wrong")
    assert done.returncode == 1
    assert done.stdout == "wrong, line 2: this must be NAME=value, such as API_TOKEN=abc\n"
    done, _ = start_plugin(plugin, "up", ENV_FILE="missing")
    assert done.returncode == 1
    assert done.stdout.startswith("ENV_FILE=missing cannot be read: ")


def test_without_an_engine_the_way_out_is_named(plugin: Path) -> None:
    for command in ("engine", "up", "down", "logs"):
        done, _ = start_plugin(plugin, command, ENGINE="1")
        assert done.returncode == 1
        assert "No Docker engine answers: " in done.stdout
        assert "make run" in done.stdout
    done, _ = start_plugin(plugin, "up", PATH="/nowhere")
    assert "Docker is not installed: https://docs.docker.com/get-docker/" in done.stdout


def test_down_is_quiet_and_logs_is_not_where_nothing_runs(plugin: Path) -> None:
    done, calls = start_plugin(plugin, "down")
    assert (done.returncode, done.stdout) == (0, "")
    assert not [call for call in calls if " rm " in call or " stop " in call]
    done, _ = start_plugin(plugin, "logs")
    assert done.returncode == 1
    assert done.stdout == "No container text-echo: make up starts it.\n"


def container_of(name: str, running: bool) -> str:
    """What the engine says of a container of this name."""
    labels = {"org.opencontainers.image.title": name}
    return json.dumps([{"Config": {"Labels": labels}, "State": {"Running": running}}])


def test_a_container_comes_back_where_the_new_one_cannot_start(plugin: Path) -> None:
    inspected = container_of("text-echo", running=True)
    done, calls = start_plugin(plugin, "up", INSPECTED=inspected, REFUSED="no such image")
    assert done.returncode == 1
    assert done.stdout == "no such image\nThe previous container is running again.\n"
    assert calls[-3:] == [
        "docker rm --force text-echo",
        "docker rename text-echo.before text-echo",
        "docker start text-echo",
    ]
    wrong = plugin / "wrong"
    wrong.write_text("no setting\n")
    done, calls = start_plugin(plugin, "up", INSPECTED=inspected, ENV_FILE="wrong")
    assert done.returncode == 1
    assert "docker stop text-echo" not in calls, "nothing was started in its place"


def test_only_a_container_of_this_plugin_is_replaced(plugin: Path) -> None:
    for running in (True, False):
        _, calls = start_plugin(plugin, "up", INSPECTED=container_of("text-echo", running))
        moved = "docker rename text-echo text-echo.before"
        assert (moved in calls) is running, "one that has ended is not kept"
        kept = calls.index(moved if running else "docker rm --force text-echo")
        assert calls.index("docker stop text-echo") < kept < calls.index(run_line(calls))
        assert calls[-1] == "docker rm --force text-echo.before"

    inspected = json.dumps([{"Config": {"Labels": None}}])
    done, calls = start_plugin(plugin, "up", INSPECTED=inspected)
    assert done.returncode == 1
    assert "The container text-echo is not this plugin's" in done.stdout
    assert not {"stop", "rm", "run"} & {call.split()[1] for call in calls}


def test_a_port_that_is_taken_is_named(plugin: Path) -> None:
    refused = "Bind for 127.0.0.1:18080 failed: port is already allocated."
    done, calls = start_plugin(plugin, "up", REFUSED=refused)
    assert done.returncode == 1
    assert f"{refused}\nPort 18080 is taken: make up PLUGIN_HOST_PORT=18081" in done.stdout
    assert calls[-1] == "docker rm --force text-echo", "the engine leaves it as created"


def test_run_says_which_port_is_taken(plugin: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done, _ = start_plugin(plugin, "run", PLUGIN_HOST_PORT=str(port), ENV_FILE="values")
    assert done.returncode == 1
    assert done.stdout == f"Port {port} is taken: make run PLUGIN_HOST_PORT={port + 1}\n"


def test_run_says_which_setting_is_missing_and_takes_the_file(plugin: Path) -> None:
    done, _ = start_plugin(plugin, "run", PLUGIN_HOST_PORT=str(free_port()))
    assert done.returncode == 2
    assert "CRITICAL plugin: the plugin cannot start: API_TOKEN is required (Of x)" in done.stdout
    # With a value it gets as far as what is done with another one.
    done, _ = start_plugin(
        plugin,
        "run",
        ENV_FILE="values",
        PLUGIN_HOST_PORT=str(free_port()),
        PLUGIN_CONCURRENCY="many",
    )
    assert "PLUGIN_CONCURRENCY" in done.stdout
    assert "API_TOKEN" not in done.stdout


@pytest.mark.parametrize("command", ["run", "up"])
@pytest.mark.parametrize("port", ["99999", "0", "-1", "http", ""])
def test_a_number_that_is_no_port_is_named_as_it_was_given(
    plugin: Path, command: str, port: str
) -> None:
    done, calls = start_plugin(plugin, command, PLUGIN_HOST_PORT=port)
    assert done.returncode == 1
    rule = "must be a number from 1 to 65535, such as 18080"
    assert done.stdout == f"PLUGIN_HOST_PORT={port} {rule}\n"
    assert not calls


def test_run_names_an_address_that_is_none_as_it_was_given(plugin: Path) -> None:
    done, _ = start_plugin(plugin, "run", PLUGIN_HOST_ADDRESS="not an address")
    assert done.returncode == 1
    given = "PLUGIN_HOST_ADDRESS=not an address PLUGIN_HOST_PORT=18080"
    assert done.stdout.startswith(f"{given} cannot be listened on: ")
