"""What the tests of the page of `stage7-plugin dev` do with it in a browser."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect.set_options(timeout=30_000)
SERIOUS = ("serious", "critical")


# Chromium drops what it loads whenever a container, another test's, changes the networks.
def open_page(page: Page, url: str) -> None:
    """Load the page, and wait until the plugin is ready."""
    for _ in range(5):
        with suppress(PlaywrightError):
            page.goto(url)
            page.get_by_label("text (required)").wait_for(timeout=6_000)
            page.locator("#state", has_text="ready").wait_for(timeout=6_000)
            return
    pytest.fail("the page does not load")


def send(page: Page) -> None:
    """Execute, and wait until what came of it is shown."""
    answer = page.locator("#answer")
    for _ in range(5):
        before = answer.get_attribute("data-calls") or "0"
        page.get_by_role("button", name="Execute").click()
        expect(answer).to_have_attribute("data-calls", str(int(before) + 1))
        if not answer.inner_text().startswith("No answer"):
            return


def result_of(page: Page) -> dict[str, Any]:
    """The plugin's answer, from the part of the page that shows it raw."""
    page.locator("summary", has_text="Raw JSON").click()
    raw = page.locator("details", has_text="Raw JSON").locator("pre").inner_text()
    answer: dict[str, Any] = json.loads(raw)["outputs"]["result"]
    return answer


def serious_findings(page: Page) -> list[Any]:
    """Return what axe finds serious or critical on the page as it is."""
    return [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in SERIOUS
    ]


def is_wider_than_its_window(page: Page) -> bool:
    """Whether one has to scroll to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
