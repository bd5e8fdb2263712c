"""`make link` and `make update` of a wrapped plugin: what was wrapped stays as it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.git_template import ADDRESS, Workplace
from tests.support.plugin_life import Life, replace
from tests.wrap.conftest import SOURCES

pytest.importorskip("cruft")


def test_an_update_leaves_alone_what_was_wrapped(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    place.git(place.template, "remote", "add", "origin", ADDRESS)
    source, out = f"{SOURCES / 'shapes.py'}:measure", str(tmp_path / "plugins")
    place.run(place.template, "stage7_plugin", "wrap", source, "-o", out)
    life = Life(place, tmp_path / "plugins" / "measure")
    cruft = f"CRUFT={sys.executable} -m cruft"
    status, output = place.call(life.plugin, "make", "link", f"TEMPLATE={ADDRESS}", cruft)
    assert status == 0, output
    place.commit(life.plugin, "Link the template")
    wrapped = [path for path in (life.plugin / "wrapped").rglob("*") if path.is_file()]
    names = ("plugin_logic.py", "value_conversion.py", "manifest.json", "examples/request.json")
    kept = [*wrapped, *(life.plugin / name for name in names)]
    before = {path: path.read_bytes() for path in kept}
    record = life.plugin / ".stage7-template.json"
    recorded = json.loads(record.read_text("utf-8"))["wrapped"]

    life.template_fix()
    prompt = '"version": "1.0.0",\n  "team": "platform",'
    replace(place.template / "cookiecutter.json", '"version": "1.0.0",', prompt)
    place.commit(place.template, "Ask for the team")
    status, output = place.call(life.plugin, "make", "update", cruft)

    assert status == 0, output
    life.assert_fixed()
    assert {path: path.read_bytes() for path in kept} == before
    found = json.loads(record.read_text("utf-8"))
    assert found["wrapped"] == recorded
    assert found["commit"] == place.git(place.template, "rev-parse", "HEAD")
