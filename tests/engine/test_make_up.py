"""`make up`, `make logs` and `make down` of a rendered plugin with a real engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stage7_plugin.spec.languages import LANGUAGES
from tests.support import go, node
from tests.support.running import wait_healthy
from tests.support.template import render

NAME = "settings-of-make-up"
PORT = 18397
TOKEN = {"key": "API_TOKEN", "type": "secret", "required": True, "description": "Of the service"}
LOGIC = """import logging
import os


def setup():
    logging.warning("city %s, token %s", os.environ["CITY"], os.environ["API_TOKEN"])


def execute_plugin(inputs, context):
    return {"success": True, "outputs": {"result": os.environ["CITY"]}}
"""

pytestmark = pytest.mark.engine


def programs(language: str) -> list[str]:
    """What make is told about the programs of this machine."""
    if language == "go":
        return [f"GO={go.folder() / 'go'}"]
    return [f"PYTHON={sys.executable}"] if language == "python" else [f"NODE={node.node()}"]


class Project:
    """A plugin with a required setting."""

    def __init__(self, parent: Path, language: str, port: str) -> None:
        self.name = f"{NAME}-{language}"
        self.port = port
        self.folder = render(parent, plugin_slug=self.name, language=language)
        self._programs = programs(language)
        path = self.folder / "manifest.json"
        manifest = json.loads(path.read_text("utf-8"))
        manifest["configuration"] = [TOKEN]
        manifest["container"]["environment"]["CITY"] = "Bern"
        self.image = manifest["container"]["image"]
        path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        if language == "python":
            (self.folder / "plugin_logic.py").write_text(LOGIC, "utf-8")

    def make(self, *targets: str) -> tuple[int, str]:
        """Run make; return its exit status and output."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        done = subprocess.run(
            ["make", *self._programs, f"PLUGIN_HOST_PORT={self.port}", *targets],
            cwd=self.folder,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    def set_token(self) -> None:
        # The port of .env does not count: make up publishes that of the manifest.
        settings = "API_TOKEN=s3cret-of-make-up\nPLUGIN_PORT=9\n"
        (self.folder / ".env").write_text(settings, "utf-8")

    def container(self, suffix: str = "") -> str:
        """The id of the container; "" if there is none."""
        named = f"name=^{self.name}{suffix}$"
        command = ["docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", named]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(params=list(enumerate(LANGUAGES)), ids=list(LANGUAGES))
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Project]:
    number, language = request.param
    made = Project(tmp_path, language, str(PORT + number))
    yield made
    containers = [made.name, f"{made.name}.before"]
    subprocess.run(["docker", "rm", "--force", *containers], capture_output=True)
    subprocess.run(["docker", "image", "rm", "--force", made.image], capture_output=True)


def test_a_life_of_a_container(project: Project) -> None:
    status, output = project.make("up")
    assert status == 2
    assert "cannot start: API_TOKEN is required (Of the service): set it in .env" in output
    assert "The plugin did not become healthy: it ended with exit status 2" in output
    assert "previous container" not in output
    assert project.container() == ""

    project.set_token()
    status, output = project.make("up")
    assert status == 0, output
    assert f"It listens on http://localhost:{project.port}" in output
    first = project.container()
    status, output = project.make("up")
    assert status == 0, output
    assert project.container() not in ("", first), "a new one in its place"

    (project.folder / ".env").unlink()
    second = project.container()
    status, output = project.make("up")
    assert status == 2
    assert "The plugin did not become healthy: it ended with exit status 2" in output
    assert "The previous container is running again." in output
    assert project.container() == second
    assert project.container(".before") == ""
    assert project.make("up")[0] == 2, "from a container that was brought back"
    wait_healthy(int(project.port))

    status, output = project.make("logs")
    assert status == 0
    if project.name.endswith("python"):
        assert "WARNING  root: city Bern, token [redacted]" in output
    assert "listening on" in output
    assert "s3cret" not in output

    assert project.make("down") == (0, f"{project.name} is stopped.\n")
    assert project.container() == ""
    assert project.make("down") == (0, "")

    title = "--label=org.opencontainers.image.title=another"
    command = ["docker", "create", f"--name={project.name}", title, project.image]
    subprocess.run(command, check=True, capture_output=True)
    foreign = project.container()
    for target in ("up", "down"):
        status, output = project.make(target)
        assert status == 2
        assert f"he container {project.name} is not this plugin's: rename it" in output
        assert project.container() == foreign
