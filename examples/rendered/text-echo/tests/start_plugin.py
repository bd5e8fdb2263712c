"""Start the plugin on this machine: `make run`, `make up`, `make down`, `make logs`.

The environment variable ENV_FILE names a settings file for it, one NAME=value per line.

Usage:
    python tests/start_plugin.py run            as a process, until Ctrl-C
    python tests/start_plugin.py up             the built image as a container, until it is healthy
    python tests/start_plugin.py down
    python tests/start_plugin.py logs [--follow and other options of docker logs]
    python tests/start_plugin.py engine         whether Docker and manifest.json can be used at all
"""

import errno
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from plugin_container import (
    BEFORE,
    bring_back,
    docker,
    last_words,
    need_engine,
    put_aside,
    readable,
    remove,
    state_of,
)

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
# make up publishes the port, so these cannot be chosen in the container.
NOT_PASSED = ("PLUGIN_PORT", "PLUGIN_HOST")
HEALTH = ("/usr/local/bin/python", "-E", "-s", "/app/plugin_runtime/healthcheck.py")


def values_of(file: str) -> dict[str, str]:
    """Read a file of NAME=value lines; lines with # and empty lines do not count.

    Args:
        file: Its path, from the plugin's folder; "" for no file.

    Raises:
        SystemExit: there is no such file, or a line is something else.
    """
    values: dict[str, str] = {}
    if not file:
        return values
    try:
        lines = (ROOT / file).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"ENV_FILE={file} cannot be read: {error}")
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not NAME.fullmatch(name):  # not the line itself: it may hold a secret
            sys.exit(f"{file}, line {number}: this must be NAME=value, such as API_TOKEN=abc")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        values[name] = value[1:-1] if quoted else value
    return values


def manifest() -> dict[str, Any]:
    """manifest.json."""
    document: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text("utf-8"))
    return document


def environment() -> dict[str, str]:
    """This process's environment, and what it lacks from ENV_FILE."""
    return {**values_of(os.environ.get("ENV_FILE", "")), **os.environ}


def settings_to_pass(document: dict[str, Any]) -> dict[str, str]:
    """What a container gets: all of ENV_FILE, and declared settings of this environment."""
    known = environment()
    names = [*values_of(os.environ.get("ENV_FILE", ""))]
    names += [item["key"] for item in document.get("configuration", ())]
    return {name: known[name] for name in names if name in known and name not in NOT_PASSED}


def limits(document: dict[str, Any]) -> list[str]:
    """The limits of manifest.json as compose.yaml has them: the processor is a weight.

    Raises:
        SystemExit: the memory is not a size.
    """
    resources = document["container"]["resources"]
    size = re.fullmatch(r"([0-9]+)([kmg]?)", str(resources["memory"]).lower())
    if size is None:
        sys.exit(f"container.resources.memory is {resources['memory']!r}; it must be like 256m")
    memory = int(size[1]) * UNITS[size[2]]
    shares = int(float(resources["cpu"]) * 1024)
    return [f"--memory={memory}", f"--cpu-shares={shares}", f"--tmpfs=/tmp:size={memory // 4},exec"]


def port_taken(command: str) -> str:
    """What to do about a port that another program has."""
    port = os.environ["PLUGIN_HOST_PORT"]
    other = int(port) + (1 if int(port) < 65535 else -1)
    return f"Port {port} is taken: make {command} PLUGIN_HOST_PORT={other}"


def need_port_number() -> None:
    """Raises SystemExit if PLUGIN_HOST_PORT is no port."""
    port = os.environ["PLUGIN_HOST_PORT"]
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        sys.exit(f"PLUGIN_HOST_PORT={port} must be a number from 1 to 65535, such as 18080")


def need_port() -> None:
    """Raises SystemExit if it cannot be listened on: the server knows it by another name."""
    host, port = os.environ["PLUGIN_HOST_ADDRESS"], os.environ["PLUGIN_HOST_PORT"]
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, int(port)), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(port_taken("run"))
        given = f"PLUGIN_HOST_ADDRESS={host} PLUGIN_HOST_PORT={port}"
        sys.exit(f"{given} cannot be listened on: {error}")


def run() -> int:
    """Replace this process by the plugin's server."""
    need_port()
    variables = environment()
    variables["PLUGIN_ENV"] = variables.get("PLUGIN_ENV") or "development"
    variables["PLUGIN_PORT"] = os.environ["PLUGIN_HOST_PORT"]
    variables["PLUGIN_HOST"] = os.environ["PLUGIN_HOST_ADDRESS"]
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "-E", "-s", "server.py"], variables)


def up() -> int:
    """Start the image in place of the container that runs; return the exit status.

    If it does not become healthy, or after Ctrl-C, the previous container runs again.
    """
    document = manifest()
    name, settings, options = document["id"], settings_to_pass(document), limits(document)
    before, healthy = put_aside(name), False
    try:
        healthy = start(document, options, settings)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    finally:
        if not healthy:
            docker("rm", "--force", name)
            if before:
                bring_back(name)
    if not healthy:
        return 1
    remove(name + BEFORE)
    port = os.environ["PLUGIN_HOST_PORT"]
    print(f"It listens on http://localhost:{port}; make logs shows its log, make down stops it.")
    return 0


def start(document: dict[str, Any], options: list[str], settings: dict[str, str]) -> bool:
    """Start the image; return whether the plugin got healthy, or print why not."""
    name, image = document["id"], document["container"]["image"]
    port, address = os.environ["PLUGIN_HOST_PORT"], os.environ["PLUGIN_HOST_ADDRESS"]
    inside = document["container"]["ports"][0]["container"]
    options = [f"--name={name}", *options, "--pids-limit=512"]
    options += [f"--publish={address}:{port}:{inside}", "--read-only", "--cap-drop=ALL"]
    options += ["--security-opt=no-new-privileges", *(f"--env={setting}" for setting in settings)]
    started = docker("run", "--detach", *options, image, **settings)
    if started.returncode != 0:
        print(started.stderr.strip(), file=sys.stderr)
        if re.search("already (allocated|in use)|not available", started.stderr):
            print(port_taken("up"), file=sys.stderr)
        return False
    if reason := wait_until_healthy(name, settings):
        print(f"{last_words(name)}\n\nThe plugin did not become healthy: {reason}", file=sys.stderr)
    return not reason


def wait_until_healthy(name: str, settings: dict[str, str]) -> str:
    """Wait for health; return why it does not come, or "" once it has."""
    given = settings.get("PLUGIN_START_SECONDS", "")
    # The plugin itself ends after this time; what comes on top is for a slow engine.
    until = time.monotonic() + (int(given) if given.isdigit() else 30) + 30
    answer = ""
    while time.monotonic() < until:
        health = docker("exec", name, *HEALTH)
        if health.returncode == 0:
            return ""
        state = (state_of(name) or {}).get("State", {"ExitCode": "unknown", "Running": False})
        if not state["Running"]:
            return f"it ended with exit status {state['ExitCode']}; its last log lines are above"
        answer = health.stdout.strip() or health.stderr.strip()
        time.sleep(0.3)
    return f"{answer or 'it does not answer'}; its last log lines are above"


def down() -> int:
    """Stop the container; say nothing if there is none."""
    name = manifest()["id"]
    remove(name + BEFORE)
    if remove(name):
        print(f"{name} is stopped.")
    return 0


def show_logs(options: list[str]) -> int:
    """Print the container's log for people; return the exit status."""
    name = manifest()["id"]
    if state_of(name) is None:
        print(f"No container {name}: make up starts it.", file=sys.stderr)
        return 1
    command = ["docker", "logs", *options, name]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                print(readable(line.rstrip("\n")), flush=True)
        except KeyboardInterrupt:  # how --follow ends
            process.terminate()
            return 0
    return process.returncode


def need_manifest() -> None:
    """Raises SystemExit with the place if manifest.json is not JSON."""
    try:
        json.loads((ROOT / "manifest.json").read_text("utf-8"))
    except ValueError as error:
        sys.exit(f"manifest.json cannot be read: {error}")


def main(command: str, options: list[str]) -> int:
    """Run one command; return the exit status."""
    sys.path.insert(0, str(ROOT))
    if command in ("run", "up"):
        need_port_number()
    if command == "run":
        return run()
    need_engine()
    if command == "engine":
        need_manifest()
    if command == "logs":
        return show_logs(options)
    if command == "up":
        return up()
    return down() if command == "down" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
