"""The page of `stage7-plugin dev`, in a real browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.dev_page import is_wider_than_its_window, result_of, send, serious_findings
from tests.support.dev_plugin import DevServer, edit

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_every_kind_of_input_is_typed_and_sent(page: Page) -> None:
    page.get_by_label("text (required)").fill("typed")
    page.get_by_label("count", exact=True).fill("7")
    page.get_by_role("switch", name="loud").check()
    page.get_by_label("color").select_option("green")
    day = page.get_by_label("day")
    assert day.get_attribute("type") == "date"
    day.fill("2026-01-31")
    page.get_by_label("words").fill('["a", "b"]')
    page.get_by_label("options").fill('{"deep": {"er": 1}}')
    page.get_by_label("anything").fill("[1]")
    file = {"name": "a.bin", "mimeType": "application/octet-stream", "buffer": b"\xff\x00"}
    page.get_by_label("File for document").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_label("document", exact=True)).to_have_value("/wA=")
    password = page.get_by_label("password")
    assert password.get_attribute("type") == "password"
    password.fill("hunter2-is-secret")
    send(page)
    expect(page.locator("#answer .success")).to_contain_text("status 200")
    assert result_of(page) == {
        "text": "typed",
        "count": 7,
        "loud": True,
        "color": "green",
        "day": "2026-01-31",
        "words": ["a", "b"],
        "options": {"deep": {"er": 1}},
        "anything": [1],
        "document": "/wA=",
        "word": "first",
    }
    expect(page.locator("#history li").first).to_contain_text("secret: password")
    kept = (page.locator("#history").inner_text()) + page.locator("#log").inner_text()
    assert "hunter2" not in kept


def test_outputs_are_shown_by_their_type(page: Page) -> None:
    send(page)
    picture = page.locator("[data-output=picture] img")
    expect(picture).to_be_visible()
    size = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
    assert picture.evaluate(size) == [210, 110]  # four bars: h, e, l, o
    assert page.locator("[data-output=rows] th").all_inner_texts() == ["letter", "count"]
    assert page.locator("[data-output=rows] td").all_inner_texts()[:2] == ["l", "2"]
    expect(page.locator("[data-output=result] .tree")).to_contain_text("text: hello")
    with page.expect_download() as found:
        page.get_by_role("button", name="Download picture").click()
    assert found.value.suggested_filename == "picture.png"
    page.locator("summary", has_text="curl").click()
    curl = page.locator("details", has_text="curl").locator("pre").inner_text()
    assert curl.startswith("curl -X POST http://127.0.0.1:")


def test_problems_of_a_422_are_shown_at_their_fields(page: Page) -> None:
    page.get_by_label("count", exact=True).fill("11")
    page.get_by_label("document", exact=True).fill("no base64!")
    send(page)
    expect(page.locator("[data-input=count] .error")).to_contain_text("must be at most 10")
    expect(page.locator("[data-input=document] .error")).to_contain_text("must be base64")
    expect(page.get_by_label("count", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("count", exact=True)).to_be_focused()
    expect(page.locator("#answer")).to_contain_text("2 problems are shown at the inputs")
    expect(page.locator("#answer")).to_contain_text("execute this step 5 more times")


def test_what_the_host_refuses_is_shown_at_its_field(page: Page) -> None:
    page.get_by_label("text (required)").fill("")
    send(page)
    expect(page.locator("#answer")).to_contain_text("The host refused it, status 400")
    expect(page.locator("[data-input=text] .error")).to_contain_text("Missing required input")


def test_a_syntax_error_in_json_is_shown_with_its_place(page: Page) -> None:
    page.get_by_label("words").fill('["a",\n "b" "c"]')
    expect(page.locator("[data-input=words] .error")).to_contain_text("line 2, column 6")


def test_an_edit_is_in_the_next_answer(page: Page, server: DevServer) -> None:
    """Within a second, which the benchmark measures; here no clock decides."""
    for number in range(3):
        old = "first" if number == 0 else f"edit {number - 1}"
        edit(server.folder, f'"{old}"', f'"edit {number}"')
        send(page)  # at once: what was saved before the click counts
        expect(page.locator("[data-output=result] .tree")).to_contain_text(f"word: edit {number}")
    edit(server.folder, '"edit 2"', '"first"')
    server.printed(r"plugin_logic\.py changed: ready in \d+ ms")


def test_an_error_is_shown_where_it_is_and_gone_when_it_is_fixed(
    page: Page, server: DevServer
) -> None:
    edit(server.folder, "import logging", "import logging\nimport missing_package")
    expect(page.locator("#state")).to_contain_text("failed")
    expect(page.locator("#problems")).to_contain_text(
        "plugin_logic.py:4 ModuleNotFoundError: No module named 'missing_package'"
    )
    send(page)
    expect(page.locator("#answer")).to_contain_text("The plugin does not run")
    assert serious_findings(page) == []
    edit(server.folder, "\nimport missing_package", "")
    expect(page.locator("#state")).to_contain_text("ready")
    expect(page.locator("#problems")).to_be_empty()
    send(page)
    expect(page.locator("#answer .success")).to_be_visible()
    server.printed(r"plugin_logic\.py:4: ModuleNotFoundError")


def test_a_request_is_sent_again_and_saved(page: Page, server: DevServer) -> None:
    page.get_by_label("text (required)").fill("for later")
    send(page)
    newest = page.locator("#history li").first
    expect(newest).to_contain_text("for later")
    for kind, path in (("example", "examples/later.json"), ("test", "tests/requests/later.json")):
        newest.get_by_role("button", name=f"Save as {kind}").click()
        newest.get_by_label(f"Name of the {kind}").fill("later")
        page.keyboard.press("Enter")
        expect(newest).to_contain_text(f"Saved as {path}")
        saved = json.loads((server.folder / path).read_text("utf-8"))
        assert saved["inputs"]["text"] == "for later"
    assert (server.folder / "tests" / "test_saved_requests.py").is_file()
    assert (server.folder / ".stage7-dev" / ".gitignore").read_text("utf-8") == "*\n"
    page.get_by_label("text (required)").fill("other")
    newest.get_by_role("button", name="Send again").click()
    expect(page.locator("[data-output=result] .tree")).to_contain_text("text: for later")


def test_the_log_is_filtered_by_level_and_trace(page: Page) -> None:
    page.get_by_label("text (required)").fill("look here")
    send(page)
    line = page.locator("#log div", has_text="called with look here").last
    expect(line).to_be_visible()
    page.get_by_label("Level").select_option("ERROR")
    expect(page.locator("#log div", has_text="look here")).to_have_count(0)
    page.get_by_label("Level").select_option("INFO")
    trace = page.locator("#answer code").first.inner_text()
    page.get_by_label("Trace id").fill(trace)
    expect(page.locator("#log div", has_text="look here")).to_have_count(1)
    expect(page.locator("#log div", has_text="listening on")).to_have_count(0)


def test_health_slots_and_metrics_are_shown(page: Page) -> None:
    chart = page.locator("#metrics .chart", has_text="Executions: ")
    expect(chart).to_be_visible()
    before = int(chart.inner_text().removeprefix("Executions: "))
    send(page)
    expect(page.locator("#slots")).to_contain_text("health: healthy, 0 of")
    expect(chart).to_contain_text(f"Executions: {before + 1}")
    points = chart.locator("polyline").get_attribute("points") or ""
    assert len({point.partition(",")[2] for point in points.split()}) > 1, "a line that moves"
    for name in ("Failures: ", "Mean duration: ", "Slots taken: 0"):
        expect(page.locator("#metrics .chart", has_text=name)).to_be_visible()


def test_tokens_of_the_host_are_never_shown(page: Page, server: DevServer) -> None:
    page.get_by_label("text (required)").fill("leak")
    send(page)
    expect(page.locator("#answer")).to_contain_text("stepId")
    kept = (server.folder / ".stage7-dev" / "history.jsonl").read_text("utf-8")
    assert "dev-" not in page.locator("#answer").inner_text().replace("trace id dev-", "")
    assert "__auth_token" in kept
    assert "REDACTED" in kept.upper() or "[token of the host]" in kept


def test_it_works_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("text (required)")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("by keyboard")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-output=result] .tree")).to_contain_text("text: by keyboard")

    def tab_to(name: str) -> None:
        button = page.get_by_role("button", name=name).first
        for _ in range(60):
            page.keyboard.press("Tab")
            if button.evaluate("button => button === document.activeElement"):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none"
                return
        pytest.fail(f"no Tab leads to {name}")

    calls = int(page.locator("#answer").get_attribute("data-calls") or "0")
    tab_to("Execute")  # past every other input
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_have_attribute("data-calls", str(calls + 1))
    for name in ("Download picture", "Clear", "Send again", "Check the running plugin"):
        tab_to(name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.get_by_label("count", exact=True).fill("11")
    send(page)
    expect(page.locator("[data-input=count] .error")).not_to_be_empty()
    assert serious_findings(page) == []
    page.get_by_label("count", exact=True).fill("1")
    send(page)
    expect(page.locator("#answer .success")).to_be_visible()
    page.locator("summary", has_text="Raw JSON").click()
    page.locator("#history").get_by_role("button", name="Save as test").first.click()
    assert serious_findings(page) == []


def test_it_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    send(page)
    expect(page.locator("#answer .success")).to_be_visible()
    assert not is_wider_than_its_window(page)
    page.get_by_label("count", exact=True).fill("11")
    send(page)
    expect(page.locator("[data-input=count] .error")).to_contain_text("must be at most 10")
    assert not is_wider_than_its_window(page)


def test_the_contract_is_checked_live(page: Page) -> None:
    page.get_by_role("button", name="Check the running plugin").click()
    rules = page.locator("#rules li")
    expect(rules.first).to_be_visible()
    expect(page.locator("#contract-state")).to_contain_text("done", timeout=120_000)
    assert rules.count() > 30
    assert page.locator("#rules li[data-status=passed]").count() > 10
    assert serious_findings(page) == []
    checked = rules.count()
    page.reload()  # a page that is opened later shows the run too
    expect(page.locator("#contract-state")).to_contain_text("done")
    assert rules.count() == checked
    page.set_viewport_size({"width": 360, "height": 740})
    assert not is_wider_than_its_window(page)


def test_the_call_after_an_edit_is_answered_by_the_new_code(page: Page, server: DevServer) -> None:
    """How soon is measured by benchmarks/save_to_answer.py."""
    word = "first"
    for number in range(3):
        edit(server.folder, f'WORD = "{word}"', f'WORD = "edit-{number}"')
        word = f"edit-{number}"
        send(page)
        expect(page.locator("#history li").nth(number)).to_be_visible()
        expect(page.locator("#answer .success")).to_be_visible()
        expect(page.locator("#answer")).to_contain_text(word)
