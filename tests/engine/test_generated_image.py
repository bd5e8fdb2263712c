"""Rendered plugins in the engine: built by both builders, run, stopped, their README pasted."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stage7_plugin.host.run import HostRun
from stage7_plugin.host.view import HostView
from tests.support.example_plugins import make_example
from tests.support.git_template import Workplace
from tests.support.template import TEMPLATE, generate, source

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

Make = Callable[..., Path]

BASES = {"typescript": "node:24-slim"}
"""What is not counted; a Go plugin's image is counted as a whole."""
MOST_BYTES = {"typescript": 1_000_000, "go": 8_000_000}
"""The goals of the benchmarks. That of Python: test_reproducible_image.py."""


@pytest.fixture
def make(tmp_path: Path, client: APIClient, request: pytest.FixtureRequest) -> Iterator[Make]:
    """Generates a plugin with the real command; its image is removed afterwards."""
    images = []

    def make_plugin(**answers: str) -> Path:
        name = re.sub("[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40].rstrip("-")
        answers = {"plugin_slug": name, "verb": "TEST", "git_init": "no", **answers}
        result = generate(tmp_path, **answers)
        assert result.status == 0, result.output
        (tmp_path / "output").write_text(result.output, "utf-8")
        images.append(f"stage7/{name}:1.0.0")
        return tmp_path / "out" / name

    yield make_plugin
    for image in images:
        if client.images(image):
            client.remove_image(image, force=True)


def shell(folder: Path, script: str, **environ: str) -> str:
    """What a shell prints that runs a script and stops at the first error."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def buildkit_client() -> str:
    """A folder with a Docker client that can build with BuildKit: with buildx, or an old one."""
    for folder in os.environ["PATH"].split(os.pathsep):
        docker = shutil.which("docker", path=folder)
        if docker is not None:
            has_buildx = subprocess.run([docker, "buildx", "version"], capture_output=True)
            version = subprocess.run([docker, "--version"], capture_output=True, text=True).stdout
            if has_buildx.returncode == 0 or "version 20." in version:
                return folder
    pytest.fail("no Docker client here can build with BuildKit")


@pytest.mark.parametrize(
    ("language", "choice"), [("python", "required"), ("typescript", "yes"), ("go", "required")]
)
def test_the_hook_builds_it(
    make: Make, tmp_path: Path, client: APIClient, language: str, choice: str
) -> None:
    project = make(build_image=choice, language=language)
    image = f"stage7/{project.name}:1.0.0"
    output = (tmp_path / "output").read_text("utf-8")
    assert f"Building the image {image}\n" in output
    assert "POST /execute answered 200" in output
    assert "start to healthy" in output
    assert "builds the image" not in output, "it is built already"
    assert client.images(image)
    assert client.containers(all=True, filters={"ancestor": image}) == []
    if language in MOST_BYTES:
        base = size(client, BASES[language]) if language in BASES else 0
        assert size(client, image) - base <= MOST_BYTES[language]


def size(client: APIClient, image: str) -> int:
    """The bytes of an image, its base included."""
    return int(client.inspect_image(image)["Size"])  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("language", ["typescript", "go"])
def test_a_required_image_that_cannot_be_built_leaves_nothing(
    tmp_path: Path, client: APIClient, language: str
) -> None:
    place = Workplace(tmp_path)
    dockerfile = source("Dockerfile", place.template, language)
    text = dockerfile.read_text("utf-8")
    broken = re.sub(r"(?m)^FROM .*$", r"\g<0>\nRUN echo last words; exit 7", text, count=1)
    dockerfile.write_text(broken, "utf-8")
    answers = [f"language={language}", "plugin_slug=never-built", "build_image=required"]
    out = tmp_path / "out"
    given = [str(place.template), "--no-input", "--output-dir", str(out), *answers]
    status, output = place.call(tmp_path, sys.executable, "-m", "cookiecutter", *given)
    assert status == 1, output
    assert "error: the build failed at 'Step 2/" in output
    assert "| last words" in output
    assert "Created" not in output
    assert list(out.iterdir()) == []
    assert client.images("stage7/never-built:1.0.0") == []


@pytest.mark.parametrize("builder", ["classic", "buildkit"])
def test_its_own_image_tests_pass(make: Make, builder: str) -> None:
    path = os.environ["PATH"]
    if builder == "buildkit":
        path = os.pathsep.join([buildkit_client(), path])
    output = shell(
        make(),
        f"{sys.executable} -m pytest -p no:xdist tests/test_image.py",
        DOCKER_BUILDKIT="0" if builder == "classic" else "1",
        REQUIRE_ENGINE="1",
        PATH=path,
    )
    assert re.search(r"\d+ passed in", output)
    assert "skipped" not in output


def test_an_idle_plugin_stops_in_less_than_a_second(make: Make) -> None:
    project = make()
    shell(project, "make build")
    # A machine that is busy is not the plugin's fault; what ignores SIGTERM takes 10 s each time.
    assert any(seconds_of_make_down(project) < 1 for _ in range(10))


def seconds_of_make_down(project: Path) -> float:
    shell(project, "make up", PLUGIN_HOST_PORT="18080")
    try:
        deadline = time.monotonic() + 20
        while health(18080) != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        started = time.monotonic()
    finally:
        shell(project, "make down")
    return time.monotonic() - started


def health(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def bash_blocks(readme: str, heading: str) -> list[str]:
    """The bash code of a section."""
    section = re.split(r"(?m)^## ", readme.split(f"\n## {heading}\n", 1)[1])[0]
    return re.findall(r"```bash\n(.*?)```", section, re.DOTALL)


def test_the_readme_can_be_pasted(make: Make) -> None:
    project = make(inputs='text:string - Text; names:array - It\'s "quoted" $HOME')
    readme = (project / "README.md").read_text("utf-8")
    (try_it,) = bash_blocks(readme, "Try it")
    # A person types more slowly than a shell reads.
    pasted = try_it.replace("\ncurl ", "\nsleep 2\ncurl --fail ")
    assert '"success":true' in shell(project, pasted)
    (by_hand,) = bash_blocks(readme, "Make targets")
    pasted = by_hand.replace("docker run ", "docker run --detach --name readme-by-hand ")
    try:
        assert " passed" in shell(project, pasted)
    finally:
        shell(project, "docker rm --force readme-by-hand")


REAL_REQUESTS: dict[str, Callable[[], dict[str, Any]]] = {
    "text-statistics": lambda: {"text": (TEMPLATE / "README.md").read_text("utf-8"), "top": 5},
    "unit-converter": lambda: {"value": 26.2, "from": "mi", "to": "km", "precision": 1},
}


def check_text_statistics(outputs: dict[str, Any]) -> None:
    text = (TEMPLATE / "README.md").read_text("utf-8")
    assert outputs["words"] > 300
    assert outputs["sentences"] > 10
    assert len(outputs["most_frequent"]) == 5
    for entry in outputs["most_frequent"]:
        assert text.casefold().count(entry["word"]) >= entry["count"] > 5


def check_unit_converter(outputs: dict[str, Any]) -> None:
    assert outputs == {"result": 42.2, "unit": "km"}


CHECKS = {"text-statistics": check_text_statistics, "unit-converter": check_unit_converter}


@pytest.mark.parametrize("name", REAL_REQUESTS)
def test_an_example_does_its_work_in_the_engine(
    tmp_path: Path, client: APIClient, name: str
) -> None:
    project = make_example(tmp_path, name, "git_init=no")
    shell(project, "make build", DOCKER_BUILDKIT="0")
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    with HostRun(client, HostView.from_manifest(manifest)) as running:
        running.wait_healthy()
        answer = running.execute(REAL_REQUESTS[name]())
    assert answer.status == 200, answer.summary()
    CHECKS[name](answer.document["outputs"])
