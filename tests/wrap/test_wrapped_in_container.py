"""Wrapped functions and Python plugins of the host, executed in an image.

One image for all: that of a host's plugin, with the packages that the functions need. The files of
the others are put into its containers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stage7_plugin.host.engine import build, connect
from stage7_plugin.host.run import ContainerOptions, HostRun
from stage7_plugin.host.view import HostView
from tests.wrap import host_executor
from tests.wrap.cases import CASES
from tests.wrap.conftest import SOURCES, wrap

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = [pytest.mark.engine, pytest.mark.network]

STYLES = {
    "slugify": "type hints and defaults alone",
    "frequent-words": "Google, Literal, Optional",
    "spread": "NumPy",
    "initials": "reStructuredText",
    "measure": "dataclasses and an enum",
    "total": "pydantic",
    "judge": "TypedDict: several outputs",
    "discount": "Annotated",
    "wait-for": "asynchronous",
    "workdays": "a method, with dates",
    "translate": "a package, with data",
}
HOST = SOURCES / "host"
TOKEN = "canary-token-0123456789"


@pytest.fixture(scope="module")
def client() -> APIClient:
    return connect()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, client: APIClient) -> Iterator[HostView]:
    slug = f"order-lookup-{uuid.uuid4().hex[:12]}"
    folder = tmp_path_factory.mktemp("image")
    project = wrap(folder, "host/ORDER_LOOKUP", f"plugin_slug={slug}").folder
    (project / "requirements.in").write_text("annotated-types\npydantic\n")
    subprocess.run([sys.executable, "tests/lock_requirements.py"], cwd=project, check=True)
    view = HostView.from_manifest(json.loads((project / "manifest.json").read_text("utf-8")))
    for _ in build(client, view, project):
        pass
    yield view
    client.remove_image(view.image, force=True)


def execute(
    client: APIClient, image: HostView, files: dict[str, bytes], *inputs: dict[str, Any]
) -> list[Any]:
    """Start a container and execute once for each inputs; return what it answers."""
    options = ContainerOptions(
        files={f"/app/{path}": content for path, content in files.items()},
        environment={"PYTHONPATH": "/of/the/host", "HOME": "/root", "S7_CM_TOKEN": TOKEN},
    )
    with HostRun(client, image, options) as running:
        running.wait_healthy()
        answers = [running.execute({**one, "__auth_token": TOKEN}).document for one in inputs]
        assert running.stop() == 0
        assert TOKEN not in running.logs()
    return answers


def files_of(project: Path) -> dict[str, bytes]:
    """Return what makes a plugin another one: its manifest, its logic and what that calls."""
    names = ("manifest.json", "plugin_logic.py", "value_conversion.py")
    paths = [project / name for name in names if (project / name).is_file()]
    paths += [path for path in (project / "wrapped").rglob("*") if path.is_file()]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}


def test_a_plugin_of_the_host_answers_as_under_the_host(client: APIClient, image: HostView) -> None:
    cases: list[dict[str, Any]] = [{"number": "A-1", "detail": "audit"}, {"number": "A-1"}]
    answers = execute(client, image, {}, *cases, {"number": "A-2"})
    for inputs, answer in zip(cases, answers, strict=False):
        wanted = host_executor.execute(HOST / "ORDER_LOOKUP", {"limit": 2, **inputs})
        assert answer["outputs"] == {output["name"]: output["result"] for output in wanted}
    assert answers[-1]["error"] == "no order A-2"


def test_one_that_reads_no_inputs_is_called(
    client: APIClient, image: HostView, tmp_path: Path
) -> None:
    invoice = files_of(wrap(tmp_path, "host/INVOICE").folder)
    given = {"action": "count", "payload": {"amounts": [1, 2, 3]}}
    (answer,) = execute(client, image, invoice, given)
    assert answer["outputs"] == {"result": {"success": True, "count": 3}, "success": True}


def test_functions_of_every_style_answer_as_they_do(
    client: APIClient, image: HostView, tmp_path: Path
) -> None:
    cases = [case for case in CASES if case.slug in STYLES]
    assert len(cases) == len(STYLES) >= 10
    for case in cases:
        files = files_of(wrap(tmp_path / case.slug, case.source).folder)
        (answer,) = execute(client, image, files, case.inputs)
        style = f"{case.slug}: {STYLES[case.slug]}"
        assert answer == {"success": True, "outputs": case.outputs}, style
