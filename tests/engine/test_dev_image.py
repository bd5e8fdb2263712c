"""`stage7-plugin dev --image`: a container, built again on each save, and none left at the end."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.support.template import TEMPLATE
from tools.render_example import FOLDER, NAMES

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine
pytest.importorskip("watchfiles")
pytest.importorskip("starlette")


def test_it_is_built_again_on_a_save_and_leaves_no_container(
    client: APIClient, tmp_path: Path
) -> None:
    plugin = tmp_path / "plugin"
    shutil.copytree(FOLDER / NAMES["python"], plugin)
    plugin_id = f"dev-{uuid.uuid4().hex[:12]}"
    manifest = plugin / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"text-echo"', f'"{plugin_id}"', 1))
    child = pexpect.spawn(
        sys.executable,
        ["-m", "stage7_plugin", "dev", "--image", str(plugin)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TEMPLATE)},
        encoding="utf-8",
        timeout=300,
        dimensions=(40, 200),
    )
    image = f"stage7-dev/{plugin_id}:dev"
    try:
        child.expect(r"ready in \d+ ms")
        assert len(client.containers(filters={"ancestor": image})) == 1
        logic = plugin / "plugin_logic.py"
        logic.write_text(logic.read_text("utf-8") + "\nCHANGED = True\n", "utf-8")
        child.expect(r"plugin_logic\.py changed: ready in \d+ ms")
        child.sendintr()
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0, child.before
        assert client.containers(all=True, filters={"ancestor": image}) == []
    finally:
        child.close(force=True)
        if client.images(image):
            client.remove_image(image, force=True)
