"""Constraints, the OpenAPI document and `check --against`, in and with a plugin's real image."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.generate.documents import DOCUMENTS
from stage7_plugin.host.http_client import call
from stage7_plugin.host.run import ContainerOptions, HostRun
from stage7_plugin.host.view import HostView
from tests.support.template import render

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine


def test_what_an_image_tells_of_its_contract(tmp_path: Path, client: APIClient) -> None:
    slug = f"contract-{uuid.uuid4().hex[:8]}"
    inputs = "unit:string(km|mi)=km; tags:array<string>?; code:string(/^[a-z]+$/, e.g. ab)"
    project = render(tmp_path, plugin_slug=slug, inputs=inputs, outputs="total:number(1..9)")
    manifest = json.loads((project / "manifest.json").read_text("utf-8"))
    image = manifest["container"]["image"]
    try:
        shell_build(project, image)
        served = answers(client, manifest)
        assert served == DOCUMENTS["openapi"](manifest)
        assert "nothing has changed" in check(project, image, 0)
        manifest["inputDefinitions"][0]["enum"] = ["km"]
        (project / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        assert "input unit: mi no longer allowed" in check(project, image, 1)
    finally:
        if client.images(image):
            client.remove_image(image, force=True)


def shell_build(project: Path, image: str) -> None:
    command = ["docker", "build", "--quiet", "--tag", image, "."]
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def answers(client: APIClient, manifest: dict[str, Any]) -> Any:
    """Execute with wrong and right inputs in a read-only container; return its document."""
    options = ContainerOptions(read_only=True)
    with HostRun(client, HostView.from_manifest(manifest), options) as run:
        run.wait_healthy()
        refused = run.execute({"unit": "m", "tags": [[]], "code": "AB"})
        assert (refused.status, len(refused.document["errors"])) == (422, 3)
        assert run.execute({"tags": [1], "code": "ab"}).document["outputs"] == {"total": 1}
        return call(run.address, "GET", "/openapi.json").document


def check(project: Path, image: str, status: int) -> str:
    done = CliRunner().invoke(main, ["check", str(project), "--against", image])
    assert done.exit_code == status, done.output
    return done.output
