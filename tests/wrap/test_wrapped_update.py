"""Author, source and template of a wrapped plugin all move on, and nothing gets lost."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.git_template import ADDRESS, Workplace
from tests.support.plugin_life import Life, replace
from tests.wrap.conftest import SOURCES

pytest.importorskip("cruft")

Edit = tuple[str, str, str]
CRUFT = f"CRUFT={sys.executable} -m cruft"
COMPOSE = ("compose.yaml", "PLUGIN_ENV: production", "PLUGIN_ENV: production\n      MINE: author")
RECORD = ".stage7-template.json"


class Wrapped(NamedTuple):
    """One source.

    Attributes:
        name: As it is named on the command line, in its folder.
        slug: Of its plugin.
        author: Edits of the plugin: file, old text, new text.
        source: Edits of the source.
        added: The input that the source gets by them.
    """

    name: str
    slug: str
    author: tuple[Edit, ...]
    source: tuple[Edit, ...]
    added: str


FUNCTION = Wrapped(
    "shapes.py:measure",
    "measure",
    (
        ("wrapped/shapes.py", "in and out", "to and fro"),
        ("plugin_logic.py", '"""Call measure()', '"""Do call measure()'),
        ("manifest.json", '"description": "Of the result"', '"description": "The measured result"'),
    ),
    (("shapes.py", "closed: bool = False", "closed: bool = False, shift: float = 0.5"),),
    "shift",
)
HOST_PLUGIN = Wrapped(
    "ORDER_LOOKUP",
    "order-lookup",
    (
        ("wrapped/main.py", '"No order"', '"No such order"'),
        ("plugin_logic.py", '"""Runs the plugin', '"""Simply runs the plugin'),
        ("manifest.json", '"description": "Most lines"', '"description": "At most so many"'),
    ),
    (
        ("ORDER_LOOKUP/main.py", "there is no token", "a token is missing"),
        (
            "ORDER_LOOKUP/manifest.json",
            '"inputDefinitions": [',
            '"inputDefinitions": [{"name": "locale", "type": "string", "defaultValue": "en"},',
        ),
    ),
    "locale",
)
CONTAINER = Wrapped(
    "greeter",
    "greeter",
    (
        ("original_logic.py", '"""Greets."""', '"""Greets, and more."""'),
        ("plugin_logic.py", '"""Call execute_plugin as', '"""Do call execute_plugin as'),
        ("manifest.json", '"description": "Who is greeted"', '"description": "Whom to greet"'),
    ),
    (
        ("greeter/plugin_logic.py", "Hello,", "Hi,"),
        ("greeter/manifest.json", '"cpu": "0.5"', '"cpu": "2"'),
        (
            "greeter/manifest.json",
            '"inputDefinitions": [',
            '"inputDefinitions": [{"name": "locale", "type": "string", "defaultValue": "en"},',
        ),
    ),
    "locale",
)


def life_of(wrapped: Wrapped, place: Workplace, folder: Path) -> Life:
    """Wrap a source and link the plugin; let the author edit it, and the source move on."""
    stage7 = (place.template, "stage7_plugin", "wrap")
    place.run(*stage7, str(folder / "sources" / wrapped.name), "-o", str(folder / "plugins"))
    life = Life(place, folder / "plugins" / wrapped.slug)
    status, output = place.call(life.plugin, "make", "link", f"TEMPLATE={ADDRESS}", CRUFT)
    assert status == 0, output
    place.commit(life.plugin, "Link the template")
    for name, old, new in (*wrapped.author, COMPOSE):
        life.edit(name, old, new)
    for name, old, new in wrapped.source:
        replace(folder / "sources" / name, old, new)
    place.run(*stage7, "--again", str(life.plugin))
    manifest = json.loads((life.plugin / "manifest.json").read_text("utf-8"))
    assert wrapped.added in [one["name"] for one in manifest["inputDefinitions"]]
    place.commit(life.plugin, "Follow the source")
    return life


def record_of(life: Life) -> Any:
    return json.loads((life.plugin / RECORD).read_text("utf-8"))


def test_author_source_and_template_move_on(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    place.git(place.template, "remote", "add", "origin", ADDRESS)
    work = tmp_path / "work"  # next to the home, the record would not say where the source is
    sources = work / "sources"
    sources.mkdir(parents=True)
    shutil.copy(SOURCES / "shapes.py", sources)
    shutil.copytree(SOURCES / "host" / "ORDER_LOOKUP", sources / "ORDER_LOOKUP")
    shutil.copytree(SOURCES / "greeter", sources / "greeter")
    (sources / "greeter" / "helper.py").write_text("LOUD=1\n")
    every = (FUNCTION, HOST_PLUGIN, CONTAINER)
    lives = {wrapped: life_of(wrapped, place, work) for wrapped in every}

    # A question behind the last one changes the lines before the key `wrapped`.
    last = '"kubernetes": ["no", "yes"],'
    replace(place.template / "cookiecutter.json", last, f'{last}\n  "team": "platform",')
    rules = place.template / "stage7_plugin" / "spec" / "answers.py"
    replace(rules, '    "cpu": _Rule(', '    "team": _Rule(_author, ""),\n    "cpu": _Rule(')
    life = next(iter(lives.values()))
    life.template_edit("compose.yaml", "mem_limit: ", "memswap_limit: 1g\n    mem_limit: ")
    life.template_fix()

    for wrapped, life in lives.items():
        names = ("plugin_logic.py", "manifest.json", "examples/request.json")
        code = [path for path in (life.plugin / "wrapped").rglob("*") if path.is_file()]
        others = ("original_logic.py", "helper.py", "pyproject.toml", "system-packages.txt")
        code += [path for name in others if (path := life.plugin / name).is_file()]
        before = {path: path.read_bytes() for path in (*code, *map(life.plugin.joinpath, names))}
        recorded = record_of(life)
        status, output = place.call(life.plugin, "make", "update", CRUFT)
        assert status == 0, output
        life.assert_fixed()
        assert {path: path.read_bytes() for path in before} == before
        for name, _, new in wrapped.author:
            assert new in (life.plugin / name).read_text("utf-8")
        compose = (life.plugin / "compose.yaml").read_text("utf-8")
        assert COMPOSE[2] in compose, "git merged, which it does not where one file is rejected"
        assert "memswap_limit" in compose
        assert ("cpu_shares: 2048" in compose) is (wrapped is CONTAINER)
        newest = place.git(place.template, "rev-parse", "HEAD")
        answers = {**recorded["answers"], "team": "platform"}
        assert record_of(life) == {**recorded, "commit": newest, "answers": answers}
        assert wrapped.added in answers["inputs"]
        assert "UU" not in life.status().values()
        place.commit(life.plugin, "Update")
        place.run(place.template, "stage7_plugin", "wrap", "--again", str(life.plugin))
        assert life.status() == {}, "what the source says is still known"


@pytest.mark.parametrize("record", ["", "{", "[]", '{"answers": 5}', '{"answers": {}}'])
def test_an_edited_record_is_left_to_cruft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str
) -> None:
    link: Any = importlib.import_module("languages.python.tests.template_link")
    (tmp_path / ".cruft.json").write_text('{"commit": "0", "context": {"cookiecutter": {}}}')
    monkeypatch.setattr(link, "ROOT", tmp_path)
    monkeypatch.setattr(link, "LINK", tmp_path / ".cruft.json")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    link.let_git_merge_the_record(record)
    found = [path for path in (tmp_path / ".git" / "objects").rglob("*") if path.is_file()]
    assert len(found) == (record == '{"answers": {}}')
    link.settle_the_record(record)
    assert not (tmp_path / RECORD).exists()
