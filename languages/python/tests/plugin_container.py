"""The plugin's container on this machine: start_plugin.py asks the Docker client through this."""

import json
import os
import shutil
import subprocess
import sys
from typing import Any

BEFORE = ".before"  # no slug has a dot
LOG_LINES = "20"


def docker(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the Docker client; `variables` are added to its environment."""
    return subprocess.run(
        ["docker", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


def need_engine() -> None:
    """Raises SystemExit with what to do if no Docker engine can be used."""
    if shutil.which("docker") is None:
        sys.exit("Docker is not installed: https://docs.docker.com/get-docker/ (or use make run)")
    found = docker("version", "--format", "{{.Server.Version}}")
    if found.returncode != 0:
        reason = (found.stderr.strip() or found.stdout.strip()).splitlines()[-1:]
        sys.exit(f"No Docker engine answers: {''.join(reason)}\nStart it (or use make run).")


def state_of(name: str) -> dict[str, Any] | None:
    """What the engine knows about the container of that name; None if there is none."""
    found = docker("container", "inspect", name)
    if found.returncode != 0:
        return None
    (state,) = json.loads(found.stdout)
    assert isinstance(state, dict)
    return state


def own_container(name: str) -> dict[str, Any] | None:
    """What the engine knows about the plugin's container of that name; None if there is none.

    Raises:
        SystemExit: the container is another program's.
    """
    state = state_of(name)
    labels = (state or {"Config": {}})["Config"].get("Labels") or {}
    if state and labels.get("org.opencontainers.image.title") != name.removesuffix(BEFORE):
        sys.exit(f"The container {name} is not this plugin's: rename it, docker rename {name} NAME")
    return state


def remove(name: str) -> bool:
    """Stop and remove the plugin's container; return whether there was one."""
    if own_container(name) is None:
        return False
    docker("stop", name)
    docker("rm", "--force", name)
    return True


def put_aside(name: str) -> bool:
    """Stop the plugin's container and keep it; return whether there is one to bring back."""
    state = own_container(name)
    if state is None:  # or one that a killed `make up` has put aside
        return own_container(name + BEFORE) is not None
    remove(name + BEFORE)
    if not state["State"]["Running"]:
        remove(name)
        return False
    docker("stop", name)
    docker("rename", name, name + BEFORE)
    return True


def bring_back(name: str) -> None:
    """Start again what `put_aside` has kept, and say so."""
    docker("rename", name + BEFORE, name)
    started = docker("start", name)
    failure = f" cannot be started again: {started.stderr.strip()}"
    again = " is running again." if started.returncode == 0 else failure
    print(f"The previous container{again}", file=sys.stderr)


def readable(line: str) -> str:
    """A line of the log for people; what is not a JSON line of the plugin's stays as it is."""
    from plugin_runtime.logs import as_text

    try:
        return as_text(json.loads(line))
    except (ValueError, TypeError, KeyError, AttributeError):
        return line


def last_words(name: str) -> str:
    """The last lines of the container's log, for people."""
    logs = docker("logs", "--tail", LOG_LINES, name)
    return "\n".join(readable(line) for line in (logs.stdout + logs.stderr).splitlines())
