"""The documentation: links lead somewhere, generated pages are current, references are complete."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main as stage7_plugin
from stage7_plugin.contract import scenarios
from stage7_plugin.contract.cli import check
from stage7_plugin.spec.languages import LANGUAGES
from tests.support.batch import batch, write_fleet
from tests.support.template import PROJECT, TEMPLATE, source
from tools.forms import FORMS, ROOT, form
from tools.record_session import PICTURE
from tools.reference import FOLDER, PAGES, RUNTIMES

REFERENCE = TEMPLATE / "docs" / "reference"
SETTINGS = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))
NAMES = [key for key in SETTINGS if not key.startswith("_")]
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)")


def written_pages() -> list[Path]:
    """List every Markdown page that is not part of a plugin."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.check_output(command, cwd=TEMPLATE, encoding="utf-8").split("\0")[:-1]
    plugins = ("examples/rendered/", f"{PROJECT}/", "languages/")
    paths = [TEMPLATE / name for name in names if not name.startswith(plugins)]
    return [path for path in paths if path.is_file()]


def anchors(page: Path) -> set[str]:
    """Return the anchors that a forge gives to the headings of a page."""
    text = FENCE.sub("", page.read_text("utf-8"))
    headings = re.findall(r"(?m)^#+ (.*)$", text)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def broken_links(page: Path) -> list[str]:
    """Return the links of a page that lead to no file or no heading."""
    broken = []
    for link in LINK.finditer(FENCE.sub("", page.read_text("utf-8"))):
        target = (page.parent / unquote(link["path"])).resolve() if link["path"] else page
        anchored = link["anchor"] and target.suffix == ".md"
        if not target.exists() or (anchored and link["anchor"] not in anchors(target)):
            broken.append(link[0])
    return broken


def test_the_server_of_each_language_has_a_page_of_the_reference() -> None:
    assert {language.lower() for language in RUNTIMES.values()} == set(LANGUAGES)
    index = (FOLDER / "index.md").read_text("utf-8")
    assert [page for page in PAGES if f"]({page})" not in index] == []


@pytest.mark.parametrize("page", written_pages(), ids=lambda p: p.relative_to(TEMPLATE).as_posix())
def test_links_lead_to_files_and_headings(page: Path) -> None:
    assert broken_links(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One title\n\n[a](#one-title) [b](#two) [c](other.md) [d](page.md#no)\n")
    assert broken_links(page) == ["](#two)", "](other.md)", "](page.md#no)"]


@pytest.mark.parametrize("name", FORMS)
def test_forms_are_what_the_questions_make(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == form(name), "run: make reference"


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run: make reference"


@pytest.mark.parametrize("page", written_pages(), ids=lambda p: p.relative_to(TEMPLATE).as_posix())
def test_every_make_target_exists(page: Path) -> None:
    makefiles = (TEMPLATE / "Makefile", source("Makefile"))
    targets = {
        target
        for makefile in makefiles
        for target in re.findall(r"(?m)^([a-z]+):", makefile.read_text("utf-8"))
    }
    named = re.findall(r"(?:`|\n|&& )make ([a-z]+)\b", page.read_text("utf-8"))
    assert set(named) <= targets


def test_the_guide_to_checks_names_options_and_scenarios_of_the_command() -> None:
    text = (TEMPLATE / "docs" / "guides" / "checking.md").read_text("utf-8")
    given = {name for option in check.params for name in option.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) <= given
    section = text.partition("\n## Scenarios")[2]
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", section)) == set(scenarios.KINDS)


def test_the_readme_fits_a_few_screens_and_begins_with_the_command() -> None:
    lines = (TEMPLATE / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 120
    first_screen = "\n".join(lines[:20])
    assert "```bash\nuvx cookiecutter gh:org/template\n" in first_screen
    assert "](docs/images/session.svg)" in first_screen


def test_the_readme_says_where_to_change_a_prompt_a_rule_and_a_file() -> None:
    text = (TEMPLATE / "README.md").read_text("utf-8")
    section = text.partition("\n## Change the template\n")[2]
    for place in (
        "cookiecutter.json",
        "stage7_plugin/spec/answers.py",
        "languages/python",
        PROJECT,
    ):
        assert f"`{place}`" in section
        assert (TEMPLATE / place).exists()


def test_the_recording_shows_the_prompts_of_today() -> None:
    text = html.unescape(" ".join(re.findall(r">([^<]+)</text>", PICTURE.read_text("utf-8"))))
    shown = re.sub(r"\s+", " ", text)
    for number, key in enumerate(NAMES[:3], 1):
        label = SETTINGS["__prompts__"][key]
        assert f"[{number}/{len(NAMES)}] {label} " in shown, "run: make recording"
    assert '"success":true' in shown


def table(page: str, heading: str = "") -> dict[str, list[str]]:
    """Return the rows of a page's table by the names in their first cells."""
    text = (REFERENCE / page).read_text("utf-8")
    text = text.partition(heading)[2] if heading else text
    rows = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            first, *cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            rows.update(dict.fromkeys(re.findall(r"`(\w+)`", first), cells))
    return rows


def test_every_question_is_listed_with_its_default_and_choices() -> None:
    rows = table("questions.md")
    assert set(rows) == set(NAMES)
    for name, (default, accepted) in rows.items():
        value = SETTINGS[name]
        if isinstance(value, list):
            assert default == value[0]
            for choice in value:
                assert re.search(rf"(?<![\w.]){re.escape(choice)}(?![\w])", accepted), name
        elif value and "{{" not in value and name not in ("description", "inputs", "outputs"):
            assert default == value


ACCEPTED: list[tuple[str, str, str]] = [
    # key, the last value that is accepted, the first one that is not
    ("language", "go", "Go"),
    ("plugin_name", "x" * 80, "x" * 81),
    ("plugin_slug", "a" * 50, "a" * 51),
    ("plugin_slug", "a1", "1a"),
    ("plugin_slug", "com", "com1"),
    ("verb", "V" * 60, "V" * 61),
    ("verb", "V1", "1V"),
    ("description", "x" * 10, "x" * 9),
    ("description", "x" * 200, "x" * 201),
    ("version", "1.2.3", "1.2"),
    ("author", "x" * 100, "x" * 101),
    ("image_namespace", "x" * 200, "x" * 201),
    ("permissions", "net.fetch, fs.read", "net.everything"),
    ("memory", "32m", "31m"),
    ("memory", "1024g", "1025g"),
    ("cpu", "0.01", "0.009"),
    ("cpu", "256", "256.1"),
    ("timeout_seconds", "1", "0"),
    ("timeout_seconds", "3600", "3601"),
    ("python_version", "3.14", "3.10"),
    ("license", "Proprietary", "GPL"),
    ("ci", "none", "jenkins"),
    ("git_init", "no", "maybe"),
    ("kubernetes", "yes", "maybe"),
]


def test_the_bounds_of_the_table_are_those_of_the_code(tmp_path: Path) -> None:
    assert {name for name, *_ in ACCEPTED} | {"inputs", "outputs", "build_image"} == set(NAMES)
    good, bad = (
        [
            {"plugin_name": f"Number {number}", "plugin_slug": f"number-{number}", key: pair[which]}
            for number, (key, *pair) in enumerate(ACCEPTED)
        ]
        for which in (0, 1)
    )
    write_fleet(tmp_path, *good)
    checked = batch(tmp_path, "fleet.json", "--check")
    assert checked.status == 0, checked.output
    write_fleet(tmp_path, *bad)
    checked = batch(tmp_path, "fleet.json", "--check")
    assert checked.status == 1
    refused = re.findall(r"plugin (\d+) \([^)]*\): (\w+): ", checked.output)
    assert refused == [(str(number), key) for number, (key, *_) in enumerate(ACCEPTED, 1)]


def test_the_notation_page_is_what_is_accepted(tmp_path: Path) -> None:
    page = (REFERENCE / "notation.md").read_text("utf-8")
    (line,) = re.findall(r"```\n(text:.*)\n```", page)
    (definitions,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    outputs = [
        {"name": "result", "type": "string", key: value}
        for key, value in (("example", "x"), ("secret", True), ("aliases", ["y"]))
    ]
    write_fleet(
        tmp_path,
        {"plugin_name": "Line", "inputs": line},
        {"plugin_name": "List", "inputs": definitions},
    )
    checked = batch(tmp_path, "fleet.json", "--check")
    assert checked.status == 0, checked.output
    write_fleet(
        tmp_path,
        *({"plugin_name": f"N{n}", "outputs": [output]} for n, output in enumerate(outputs)),
    )
    refused = batch(tmp_path, "fleet.json", "--check").output
    for key in ("example", "secret", "aliases"):
        assert f"an output cannot have {key}" in refused


def test_the_notation_page_names_every_key_of_a_definition() -> None:
    schema = json.loads((TEMPLATE / "stage7_plugin" / "batch" / "fleet.schema.json").read_text())
    rows = table("notation.md", "| Key | For |")
    both = {key for key, (used_for, _) in rows.items() if used_for == "both"}
    assert both == set(schema["definitions"]["output"]["properties"])
    assert set(rows) == set(schema["definitions"]["input"]["properties"])


def test_the_list_of_commands_is_not_cut() -> None:
    shown = CliRunner().invoke(stage7_plugin, ["--help"], terminal_width=80).output
    listed = shown.partition("Commands:")[2]
    assert set(re.findall(r"(?m)^  ([a-z]+)  ", listed)) == set(stage7_plugin.commands)
    assert "..." not in listed


def test_the_lines_for_a_mirror_have_a_place_in_every_dockerfile() -> None:
    text = (TEMPLATE / "docs" / "guides" / "mirrors.md").read_text("utf-8")
    sections = dict(re.findall(r"(?ms)^### (\w+)\n(.*?)(?=^##)", text))
    assert {name.lower() for name in sections} == set(LANGUAGES)
    for name, section in sections.items():
        (place,) = re.findall(r"lines above `(COPY .*?)`", section)
        dockerfile = source("Dockerfile", language=name.lower()).read_text("utf-8")
        assert dockerfile.count(f"\n{place}\n") == 1
