"""*Check its image* on the page of `stage7-plugin dev`: live, and nothing is left of it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stage7_plugin.host.engine import connect
from tests.support.dev_plugin import dev_server, make_plugin

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.engine
PATIENCE = 300_000.0
"""Milliseconds; a build and the start of a container take a few seconds."""


def test_the_page_checks_the_image_and_removes_what_it_made(
    browser: Browser, tmp_path: Path
) -> None:
    """Stopped on the page, and by Ctrl-C: the suite has tests of its own for the rest."""
    client = connect()
    plugin = make_plugin(tmp_path / "plugin")
    label = f"checked-by-page={uuid.uuid4().hex}"
    with (plugin / "Dockerfile").open("a") as dockerfile:
        dockerfile.write(f"LABEL {label}\n")

    def left() -> list[object]:
        containers = client.containers(all=True, filters={"label": label})
        return [*containers, *client.images(filters={"label": label})]

    with dev_server(plugin) as server:
        page = browser.new_page()
        for click in ("Stop", "Ctrl-C"):
            page.goto(server.url)
            page.get_by_role("button", name="Check its image").click()
            rules = page.locator("#rules li[data-status=passed]")
            # A running plugin has neither a build nor an exit code.
            for rule in ("build.classic", "lifecycle.healthy"):
                rules.filter(has_text=rule).wait_for(timeout=PATIENCE)
            assert left()
            if click == "Stop":
                page.get_by_role("button", name="Stop").click()
                page.locator("#contract-state", has_text="done").wait_for(timeout=PATIENCE)
                assert left() == []
        assert server.stop() == 0
        assert left() == []
