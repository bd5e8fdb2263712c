"""`make up`, `make logs` and `make down` of a rendered plugin with a real engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import wait_healthy
from tests.support.template import render

NAME = "settings-of-make-up"
PORT = "18397"
TOKEN = {"key": "API_TOKEN", "type": "secret", "required": True, "description": "Of the service"}
LOGIC = """import logging
import os


def setup():
    logging.warning("city %s, token %s", os.environ["CITY"], os.environ["API_TOKEN"])


def execute_plugin(inputs, context):
    return {"success": True, "outputs": {"result": os.environ["CITY"]}}
"""

pytestmark = pytest.mark.engine


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    folder = render(tmp_path, plugin_slug=NAME)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["configuration"] = [TOKEN]
    manifest["container"]["environment"]["CITY"] = "Bern"
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    (folder / "plugin_logic.py").write_text(LOGIC, "utf-8")
    yield folder
    subprocess.run(["docker", "rm", "--force", NAME, f"{NAME}.before"], capture_output=True)
    image = manifest["container"]["image"]
    subprocess.run(["docker", "image", "rm", "--force", image], capture_output=True)


def make(project: Path, *targets: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", f"PYTHON={sys.executable}", f"PLUGIN_HOST_PORT={PORT}", *targets],
        cwd=project,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def container(suffix: str = "") -> str:
    """The id of the container; "" if there is none."""
    named = f"name=^{NAME}{suffix}$"
    command = ["docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", named]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_life_of_a_container(project: Path) -> None:
    status, output = make(project, "up")
    assert status == 2
    assert "cannot start: API_TOKEN is required (Of the service): set it in .env" in output
    assert "The plugin did not get healthy: it ended with exit status 2" in output
    assert container() == ""

    (project / ".env").write_text("API_TOKEN=s3cret-of-make-up\n", "utf-8")
    status, output = make(project, "up")
    assert status == 0, output
    assert f"It listens on http://localhost:{PORT}" in output
    first = container()
    status, output = make(project, "up")
    assert status == 0, output
    assert container() not in ("", first), "a new one in its place"

    (project / ".env").unlink()
    second = container()
    status, output = make(project, "up")
    assert status == 2
    assert "The plugin did not get healthy: it ended with exit status 2" in output
    assert "The container from before is running again." in output
    assert container() == second
    assert container(".before") == ""
    assert make(project, "up")[0] == 2, "from a container that was brought back"
    wait_healthy(int(PORT))

    status, output = make(project, "logs")
    assert status == 0
    assert "WARNING  root: city Bern, token [redacted]" in output
    assert "s3cret" not in output

    assert make(project, "down") == (0, f"{NAME} is stopped.\n")
    assert container() == ""
    assert make(project, "down") == (0, "")
