"""What the engine tests need. Without an engine they fail: none is skipped."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.host.engine import connect

if TYPE_CHECKING:
    from docker import APIClient

CORRECT = Path(__file__).parents[1] / "contract" / "servers" / "correct"


@pytest.fixture(scope="session")
def client() -> APIClient:
    return connect()


@pytest.fixture
def plugin(tmp_path: Path, client: APIClient) -> Iterator[Path]:
    """A folder with the correct plugin and an image name of its own; the image goes afterwards."""
    folder = tmp_path / "plugin"
    shutil.copytree(CORRECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    image = f"stage7-test/{uuid.uuid4().hex[:12]}:1.0.0"
    edit_manifest(folder, image=image)
    yield folder
    if client.images(image):
        client.remove_image(image, force=True)


def edit_manifest(folder: Path, **container: object) -> None:
    """Sets keys of the manifest's `container`."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["container"].update(container)
    path.write_text(json.dumps(manifest))


def containers(client: APIClient, folder: Path) -> list[str]:
    """The containers, running or not, of the folder's image."""
    image = json.loads((folder / "manifest.json").read_text())["container"]["image"]
    found = client.containers(all=True, filters={"ancestor": image})
    return [container["Id"] for container in found]
