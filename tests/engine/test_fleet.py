"""The example fleet in the engine: three of its plugins built, started by Compose and executed."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.batch import Run, batch
from tests.support.compose import compose
from tests.support.running import request, wait_healthy
from tests.support.template import TEMPLATE

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

EXPECTED: dict[str, dict[str, Any]] = {
    "csv-to-records": {
        "records": [{"city": "Utrecht", "people": "361000"}, {"city": "Gent", "people": "265000"}],
        "columns": ["city", "people"],
        "count": 2,
    },
    "merge-objects": {
        "merged": {"title": "Final", "author": {"name": "Ada"}},
        "changed": ["/title", "/author/phone"],
        "identical": False,
    },
    "number-summary": {"outliers": [40]},
}


@pytest.fixture
def fleet(tmp_path: Path, client: APIClient) -> Iterator[Path]:
    """A folder with the example fleet, whose images get names of their own."""
    namespace = f"stage7-test/{uuid.uuid4().hex[:12]}"
    text = (TEMPLATE / "examples" / "fleet.yaml").read_text("utf-8")
    text, count = re.subn("(?m)^  image_namespace: .*$", f"  image_namespace: {namespace}", text)
    assert count == 1
    (tmp_path / "fleet.yaml").write_text(text, "utf-8")
    shutil.copytree(TEMPLATE / "examples" / "fleet", tmp_path / "fleet")
    yield tmp_path
    for name in EXPECTED:
        image = f"{namespace}/{name}:1.0.0"
        if client.images(image):
            client.remove_image(image, force=True)


def build(folder: Path, *arguments: str) -> Run:
    """Generate the whole fleet and build the three plugins that are written."""
    assert batch(folder, "fleet.yaml").status == 0
    only = [option for name in EXPECTED for option in ("--only", name)]
    return batch(folder, "fleet.yaml", *only, "--build", "--jobs", "2", *arguments)


def image(folder: Path, name: str) -> str:
    manifest = json.loads((folder / "out" / name / "manifest.json").read_text("utf-8"))
    return str(manifest["container"]["image"])


def test_built_started_with_one_command_and_executed(fleet: Path) -> None:
    result = build(fleet)
    assert result.status == 0, result.output
    assert "building: 3 built" in result.output
    out = fleet / "out"
    for name in EXPECTED:
        assert "Successfully tagged" in (out / "build_logs" / f"{name}.log").read_text("utf-8")
    # The images are there already, built as the host builds them.
    compose(out, "up", "--detach", "--no-build", "--pull", "never", *EXPECTED)
    executed = []
    try:
        listed = json.loads((out / "index.json").read_text("utf-8"))["plugins"]
        for plugin in [plugin for plugin in listed if plugin["folder"] in EXPECTED]:
            wait_healthy(plugin["port"])
            body = (out / plugin["folder"] / "examples" / "request.json").read_text("utf-8")
            status, answer = request(plugin["port"], "POST", "/execute", body)
            assert (status, answer["success"]) == (200, True)
            expected = EXPECTED[plugin["folder"]]
            assert {key: answer["outputs"][key] for key in expected} == expected
            executed.append(plugin["folder"])
    finally:
        compose(out, "down", "--timeout", "10")
    assert len(executed) == 3


def test_building_goes_on_where_it_stopped(fleet: Path, client: APIClient) -> None:
    assert build(fleet).status == 0
    assert "building: 3 unchanged" in build(fleet).output
    client.remove_image(image(fleet, "merge-objects"), force=True)
    logic = fleet / "out" / "csv-to-records" / "plugin_logic.py"
    logic.write_text(logic.read_text("utf-8") + "\n# changed\n", "utf-8")
    result = build(fleet)
    assert "building: 1 built, 1 failed, 1 unchanged" in result.output, result.output
    name = image(fleet, "csv-to-records")
    assert f"{name} exists and was built from other files" in result.output
    client.remove_image(name, force=True)
    assert "building: 1 built, 2 unchanged" in build(fleet).output
    labels = client.images(name)[0]["Labels"]
    bake = json.loads((fleet / "out" / "docker-bake.json").read_text("utf-8"))
    wanted = bake["target"]["csv-to-records"]["labels"]["dev.stage7.source"]
    assert labels["dev.stage7.source"] == wanted


def test_a_failed_build_stops_no_other(fleet: Path) -> None:
    assert batch(fleet, "fleet.yaml").status == 0
    dockerfile = fleet / "out" / "merge-objects" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text("utf-8").replace("WORKDIR /app", "RUN false"))
    result = build(fleet, "--report", str(fleet / "report.json"))
    assert result.status == 1
    assert "building: 2 built, 1 failed" in result.output
    assert "RUN false" in result.output
    log = fleet / "out" / "build_logs" / "merge-objects.log"
    assert str(log) in result.output
    assert "try it by hand: docker build" in log.read_text("utf-8")
    report = json.loads((fleet / "report.json").read_text("utf-8"))["building"]
    assert report["counts"] == {"built": 2, "failed": 1}
    (failed,) = (plugin for plugin in report["plugins"] if plugin["status"] == "failed")
    assert failed["plugin"] == "merge-objects"
    assert failed["line"] > 1


def test_what_is_not_locked_is_not_built(fleet: Path) -> None:
    assert batch(fleet, "fleet.yaml").status == 0
    needed = fleet / "out" / "merge-objects" / "requirements.in"
    needed.write_text("lxml>=6\n", "utf-8")
    result = build(fleet)
    assert result.status == 1
    assert "building: 2 built, 1 failed" in result.output
    assert "lxml of requirements.in is not locked" in result.output
    assert f"run `make lock` in {needed.parent}" in result.output


def test_no_engine_is_reported_after_rendering(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    result = build(fleet)
    assert result.status == 2
    assert "--build: no Docker engine answers at tcp://127.0.0.1:1" in result.output
    assert (fleet / "out" / "index.md").exists()
