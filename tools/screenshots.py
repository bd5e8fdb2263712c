"""Make the pictures of `stage7-plugin dev` for README and docs; needs Chromium.

Usage:
    python -m tools.screenshots
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.dev_plugin import INPUTS, dev_server, edit, make_plugin

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE = {"width": 1100, "height": 1190}
DESCRIPTION = "Takes text (string) and returns result (string)"
TEXT = "See at once what the host would do with it"


def main() -> None:
    """Run a plugin, call it, and take the pictures: light, dark, and with an error."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        plugin = make_plugin(Path(folder) / "text-echo", INPUTS[:4])
        manifest = plugin / "manifest.json"
        named = manifest.read_text("utf-8").replace('"Text Echo"', '"Letter Count"')
        manifest.write_text(named.replace(DESCRIPTION, "Counts the letters of a text"), "utf-8")
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with dev_server(plugin) as server:
            page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
            page.goto(server.url)
            page.locator("#state", has_text="ready").wait_for()
            edit(plugin, "import logging", "import logging  # saved once")
            page.locator("#state", has_text="plugin_logic.py changed").wait_for()
            page.locator("#state", has_text="ready").wait_for()
            page.get_by_label("text (required)").fill(TEXT)
            page.get_by_label("color").select_option("green")
            page.get_by_role("button", name="Execute").click()
            page.locator("#answer .success").wait_for()
            take(page, "light")
            take(page, "dark")
            edit(plugin, "import logging", "import logging\nimport pandas_of_tomorrow")
            page.locator("#problems p").wait_for()
            page.locator("#slots", has_text="no answer").wait_for()
            take(page, "light", "dev-error")
        browser.close()


def take(page: Page, scheme: str, name: str = "") -> None:
    """Take one picture."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=IMAGES / f"{name or f'dev-{scheme}'}.png")


if __name__ == "__main__":
    main()
