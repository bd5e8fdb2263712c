"""The image, started as the host starts it: needs a Docker engine, and is skipped without one.

Set REQUIRE_ENGINE=1 where it must not be skipped, as CI does.
"""

import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import LONGEST_SETUP, lacking, needed_variables

ROOT = Path(__file__).resolve().parent.parent

# What the host injects: its own environment, over everything that the image sets.
HOST_ENVIRONMENT = {
    "PATH": "/usr/share/nodejs/bin",
    "HOME": "/root",
    "PORT": "5060",
    "NODE_ENV": "production",
    "HOSTNAME": "capabilitiesmanager",
    "PYTHONPATH": "/nowhere",
    "PYTHONHOME": "/nowhere",
    "S7_CM_TOKEN": "canary-token-0123456789",
}

pytestmark = pytest.mark.engine


def docker(*arguments: str) -> str:
    """Run the Docker client; return what it printed."""
    done = subprocess.run(["docker", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout.strip()


def inspect(name: str) -> dict[str, Any]:
    """What the engine knows about an image or a container."""
    (document,) = json.loads(docker("inspect", name))
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def image(manifest: dict[str, Any]) -> str:
    """The image, built as `make build` builds it."""
    present = shutil.which("docker") is not None
    if not present or subprocess.run(["docker", "info"], capture_output=True).returncode != 0:
        if os.environ.get("REQUIRE_ENGINE"):
            pytest.fail("REQUIRE_ENGINE is set, but no Docker engine answers")
        pytest.skip("no Docker engine answers: start Docker to test the image")
    tag = str(manifest["container"]["image"])
    arguments = (f"PLUGIN_ID={manifest['id']}", f"PLUGIN_VERSION={manifest['version']}")
    docker("build", "--tag", tag, *(f"--build-arg={argument}" for argument in arguments), ".")
    return tag


@pytest.fixture
def container(image: str, manifest: dict[str, Any]) -> Iterator[str]:
    """A running container with the host's environment and no rights at all."""
    if reason := lacking("setup", in_image=True):
        pytest.skip(reason)
    name = docker(
        "run",
        "--detach",
        "--publish=8080",
        "--read-only",
        "--tmpfs=/tmp:exec",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        f"--memory={manifest['container']['resources']['memory']}",
        *(f"--env={key}={value}" for key, value in HOST_ENVIRONMENT.items()),
        *(f"--env={variable}" for variable in needed_variables()),  # with its value of here
        image,
    )
    yield name
    docker("rm", "--force", name)


def call(container: str, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    """Send a request to the container; return the status and the decoded answer."""
    engine = urlsplit(os.environ.get("DOCKER_HOST", "")).hostname or "127.0.0.1"
    port = int(docker("port", container, "8080").splitlines()[0].rpartition(":")[2])
    for _ in range(100):
        connection = http.client.HTTPConnection(engine, port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(f"no answer; the container's log:\n{docker('logs', container)}")


def wait_until_ready(container: str) -> None:
    """Wait while the plugin starts: its imports and setup() may take their time."""
    status, health = call(container, "GET", "/health")
    until = time.monotonic() + LONGEST_SETUP
    while health.get("status") == "starting" and time.monotonic() < until:
        time.sleep(0.1)
        status, health = call(container, "GET", "/health")
    assert (status, health["status"]) == (200, "healthy"), docker("logs", container)


def test_it_serves_the_example_and_stops_at_once(container: str) -> None:
    wait_until_ready(container)
    if not lacking("example", in_image=True):
        body = (ROOT / "examples" / "request.json").read_bytes()
        status, answer = call(container, "POST", "/execute", body)
        assert status == 200, answer
        assert answer["success"] is True

    started = time.monotonic()
    docker("stop", container)
    assert time.monotonic() - started < 3, "it ignored SIGTERM, so the engine had to kill it"
    assert inspect(container)["State"]["ExitCode"] == 0
    assert HOST_ENVIRONMENT["S7_CM_TOKEN"] not in docker("logs", container)


def test_its_health_check_works(container: str) -> None:
    wait_until_ready(container)
    kind, *command = inspect(container)["Config"]["Healthcheck"]["Test"]
    assert kind == "CMD"
    assert '"status":"healthy"' in docker("exec", container, *command)


def test_it_runs_as_an_unprivileged_user(image: str) -> None:
    user = inspect(image)["Config"]["User"].split(":")[0]
    assert user.isdigit()
    assert user != "0"


def test_it_carries_what_the_plugin_was_made_from(container: str) -> None:
    name = ".stage7-template.json"
    carried = docker("exec", container, "/bin/cat", f"/app/{name}")
    assert json.loads(carried) == json.loads((ROOT / name).read_text("utf-8"))


def test_it_carries_the_plugins_name_and_version(image: str, manifest: dict[str, Any]) -> None:
    labels = inspect(image)["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == manifest["id"]
    assert labels["org.opencontainers.image.version"] == manifest["version"]
    made_from = json.loads((ROOT / ".stage7-template.json").read_text("utf-8"))
    state = made_from["commit"] or made_from["version"]
    assert labels["dev.stage7.template"] == f"{made_from['template']}@{state}"
