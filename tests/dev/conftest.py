"""A browser for the tests of the page: Chromium as Debian has it, through Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.dev_plugin import DevServer, dev_server, make_plugin

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module. REQUIRE_BROWSER=1 makes a missing one a failure, as in CI."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        reason = "needs Chromium: apt-get install chromium"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"REQUIRE_BROWSER is set, but it {reason}", pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """`stage7-plugin dev` with a plugin that the tests of one module share."""
    with dev_server(make_plugin(tmp_path_factory.mktemp("page") / "plugin")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: DevServer) -> Iterator[Page]:
    """Its page. At the end, nothing may have come from elsewhere, and no script have failed."""
    asked: list[str] = []
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.on("request", lambda request: asked.append(request.url))
    opened = context.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    from tests.support.dev_page import open_page

    open_page(opened, server.url)
    yield opened
    context.close()
    elsewhere = [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]
    assert not elsewhere
    assert not [fault for fault in faults if "ERR_NETWORK_CHANGED" not in fault]
