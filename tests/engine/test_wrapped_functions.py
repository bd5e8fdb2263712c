"""Wrapped functions answer in their image as they do here."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.host.engine import build
from stage7_plugin.host.run import HostRun
from stage7_plugin.host.view import HostView, read_manifest
from tests.wrap.cases import CASES, Case
from tests.wrap.conftest import wrap

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine
# A dataclass and an enum, a package with data, an async generator, values that are converted.
IN_IMAGES = [one for one in CASES if one.slug in ("measure", "translate", "ticks", "workdays")]


@pytest.mark.parametrize("case", IN_IMAGES, ids=lambda case: case.slug)
def test_it_answers_in_its_image(tmp_path: Path, client: APIClient, case: Case) -> None:
    slug = f"wrapped-{case.slug}-{uuid.uuid4().hex[:8]}"
    folder = wrap(tmp_path, case.source, f"plugin_slug={slug}").folder
    view = HostView.from_manifest(read_manifest(folder / "manifest.json"))
    try:
        list(build(client, view, folder))
        with HostRun(client, view) as run:
            run.wait_healthy()
            response = run.execute(case.inputs)
    finally:
        client.remove_image(view.image, force=True)
    assert response.status == 200, response.body
    assert json.loads(response.body) == {"success": True, "outputs": case.outputs}
