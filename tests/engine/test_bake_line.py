"""The lines of the guide that ask a registry and build what has changed, with the real Buildx."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stage7_plugin.host.engine import connect
from tests.support.batch import batch, write_fleet
from tests.support.registry import Registry
from tests.support.template import TEMPLATE

GUIDE = (TEMPLATE / "docs" / "guides" / "batch.md").read_text("utf-8")

pytestmark = [pytest.mark.engine, pytest.mark.buildx]


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry; what a test has built for it goes afterwards."""
    with Registry() as serving:
        yield serving
        client = connect()
        for image in client.images():
            for tag in image["RepoTags"] or ():
                if tag.startswith(f"{serving.name}/"):
                    client.remove_image(tag, force=True)


def bake(folder: Path) -> tuple[int, str, list[str]]:
    """Exit status, the last line that was said, and which plugins were built."""
    (script,) = (b for b in re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL) if "@tsv" in b)
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script.replace("cd fleet", "cd out")],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "BUILDX_CONFIG": str(folder / "buildx")},
        encoding="utf-8",
        timeout=600,
    )
    said = done.stdout.strip().splitlines()[-1:]
    return done.returncode, "".join(said), (folder / "out" / "changed.txt").read_text().split()


def test_only_what_has_changed_is_built_and_pushed(registry: Registry, tmp_path: Path) -> None:
    namespace = f"{registry.name}/team"
    plugins = [{"plugin_name": f"Bake {n}", "image_namespace": namespace} for n in ("One", "Two")]
    fleet = write_fleet(tmp_path, *plugins)
    assert batch(tmp_path, fleet).status == 0
    status, said, built = bake(tmp_path)
    assert (status, built) == (0, ["bake-one", "bake-two"]), said
    for slug in built:
        assert f"/v2/team/{slug}/manifests/1.0.0" in registry.manifests
    assert bake(tmp_path) == (0, "", []), "both are there"

    logic = tmp_path / "out" / "bake-one" / "plugin_logic.py"
    logic.write_text(logic.read_text() + "# changed\n")
    assert batch(tmp_path, fleet).status == 0
    status, said, _ = bake(tmp_path)
    image = f"{namespace}/bake-one:1.0.0"
    assert (status, said) == (1, f"bake-one has changed, and {image} exists: move its version")

    assert batch(tmp_path, fleet, "--release", "patch", "--only", "bake-one").status == 0
    status, said, built = bake(tmp_path)
    assert (status, built) == (0, ["bake-one"]), said
    assert "/v2/team/bake-one/manifests/1.0.1" in registry.manifests
    assert bake(tmp_path) == (0, "", [])
