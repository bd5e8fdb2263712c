"""Calls from the page: copies that run, data URLs, retries, and past the host's checks."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.dev_page import send
from tests.support.dev_plugin import DevServer

if TYPE_CHECKING:
    from playwright.sync_api import Page


def copied(page: Page, name: str) -> str:
    """A text of the answer that can be copied."""
    page.locator("summary", has_text=name).click()
    return page.locator("details", has_text=name).locator("pre").inner_text()


def test_the_curl_and_the_python_line_give_the_same_answer(page: Page) -> None:
    page.get_by_label("text (required)").fill('it\'s "quoted" $HOME\n{}')
    page.get_by_label("count", exact=True).fill("3")
    send(page)
    answer = json.loads(copied(page, "Raw JSON"))
    assert answer["success"] is True
    curl = shlex.split(copied(page, "curl"))
    done = subprocess.run([*curl, "--silent"], capture_output=True, check=True)
    assert json.loads(done.stdout) == answer
    script = f"import json, requests\nprint(json.dumps({copied(page, 'Python')}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert json.loads(done.stdout) == answer


def test_a_picture_in_a_data_url_is_shown(page: Page) -> None:
    page.get_by_label("text (required)").fill("draw")
    send(page)
    drawing = page.locator("[data-output=drawing] img")
    expect(drawing).to_be_visible()
    assert drawing.evaluate("image => image.decode().then(() => image.naturalWidth)") == 30


def test_a_failure_is_tried_again_as_the_host_does(page: Page) -> None:
    page.get_by_label("text (required)").fill("fail")
    page.get_by_label("Try a failure again").check()
    send(page)
    tries = page.locator("#answer .tries li")
    expect(tries).to_have_count(6)
    expect(tries.last).to_contain_text("Execution 6: 500")
    expect(page.locator("#answer")).to_contain_text("it fails when asked to")


def test_past_the_host_the_plugin_itself_answers(page: Page) -> None:
    page.get_by_label("text (required)").fill("")
    page.get_by_label("Convert and check as the host does").uncheck()
    send(page)
    expect(page.locator("#answer")).to_contain_text("Failure, status 422")
    expect(page.locator("[data-input=text] .error")).to_contain_text(
        "Input 'text' (string) is required"
    )


def test_what_a_plugin_answers_never_becomes_markup(page: Page) -> None:
    text = "<img src=x onerror=alert(1)>"
    page.get_by_label("text (required)").fill(text)
    send(page)
    expect(page.locator("[data-output=result] .tree")).to_contain_text(f"text: {text}")
    assert page.locator("img[src=x]").count() == 0


def test_a_manifest_that_is_wrong_is_shown_with_its_line(page: Page, server: DevServer) -> None:
    manifest = server.folder / "manifest.json"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace('"verb":', '"verb"'), "utf-8")
    expect(page.locator("#problems")).to_contain_text("it is not JSON")
    expect(page.locator("#problems strong")).to_contain_text("manifest.json:")
    renamed = text.replace('"name": "loud"', '"name": "quiet"')
    manifest.write_text(renamed, "utf-8")
    expect(page.get_by_role("switch", name="quiet")).to_be_visible()
    expect(page.locator("#problems")).to_be_empty()
    manifest.write_text(text, "utf-8")
    expect(page.get_by_role("switch", name="loud")).to_be_visible()
