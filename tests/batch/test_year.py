"""A year with twenty plugins: everything that happens to a fleet, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.batch.template import PluginTemplate, RenderedFile
from stage7_plugin.spec.plugin_spec import PluginSpec
from tests.support.batch import batch_here, plugins_in

EDITED, CLASHING = range(1, 6), range(6, 8)  # numbers of plugins


class Year:
    """A folder with a fleet, and what was last said of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.report: dict[str, Any] = {}

    def write(self, name: str, plugins: list[dict[str, Any]], **defaults: str) -> Path:
        path = self.folder / name
        values = {"author": "Ada", "kubernetes": "yes", **defaults}
        path.write_text(json.dumps({"defaults": values, "plugins": plugins}))
        return path

    def run(self, *arguments: object) -> int:
        report = self.folder / "report.json"
        status = batch_here(*arguments, "-o", self.out, "--report", report).status
        self.report = json.loads(report.read_text())
        assert self.report["succeeded"] is (status == 0)
        return status

    def counts(self, step: str = "rendering") -> dict[str, int]:
        counts: dict[str, int] = self.report[step]["counts"]
        return counts

    def named(self, status: str, step: str = "rendering") -> set[str]:
        return {p["plugin"] for p in self.report[step]["plugins"] if p["status"] == status}

    def ports(self) -> dict[str, int]:
        plugins = json.loads((self.out / "index.json").read_text())["plugins"]
        return {plugin["folder"]: plugin["port"] for plugin in plugins}

    def with_text(self, path: str, text: str) -> set[str]:
        return {
            slug for slug in plugins_in(self.out) if text in (self.out / slug / path).read_text()
        }


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def numbered(*numbers: int, **more: str) -> list[dict[str, Any]]:
    return [{"plugin_name": f"Plugin {number}", **more} for number in numbers]


def fix_the_template(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    """A security fix: another first line of code in release.py."""
    render = PluginTemplate.render

    def fixed(self: PluginTemplate, spec: PluginSpec) -> Iterator[RenderedFile]:
        for file in render(self, spec):
            changed = b"# fixed\n" + file.content.replace(line, line + b"  # fixed", 1)
            yield replace(file, content=changed) if file.path == "release.py" else file

    monkeypatch.setattr(PluginTemplate, "render", fixed)
    monkeypatch.setattr(PluginTemplate, "digest", "the fixed template")


def test_a_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    year = Year(tmp_path)
    fleet = year.write("fleet.json", numbered(*range(1, 21)))
    assert year.run(fleet) == 0
    assert year.counts() == {"created": 20}
    assert year.run(fleet, "--check") == 0, "in line"
    ports = year.ports()

    # The authors do what the README says, and five edit files of the template too.
    line = (year.out / "plugin-1" / "release.py").read_text().splitlines()[-1]
    for number in range(1, 21):
        (year.out / f"plugin-{number}" / "plugin_logic.py").write_text(f"# logic {number}\n")
    for number in EDITED:
        edit(year.out / f"plugin-{number}" / "compose.yaml", "\n", "\n# by its author\n")
        edit(year.out / f"plugin-{number}" / "release.py", "\n\n", "\n# by its author\n\n")
    edit(year.out / "plugin-1" / "manifest.json", '"memory": "256m"', '"memory": "384m"')
    for number in CLASHING:
        edit(year.out / f"plugin-{number}" / "release.py", line, f"{line}  # mine")
    edited = {f"plugin-{number}" for number in (*EDITED, *CLASHING)}
    assert year.run(fleet) == 0
    assert year.counts() == {"unchanged": 20}
    assert year.run(fleet, "--check") == 1
    assert year.named("edited", "comparing") == edited
    assert year.run(fleet, "--check", "--accept", "edited") == 0

    # A fix of the template reaches all twenty; only those that changed the same line clash.
    fix_the_template(monkeypatch, line.encode())
    assert year.run(fleet, "--check") == 1
    assert year.counts("comparing") == {"outdated": 20}
    assert year.run(fleet, "--update") == 1
    clashing = {f"plugin-{number}" for number in CLASHING}
    assert year.counts() == {"conflict": 2, "updated": 18}
    assert year.named("conflict") == clashing
    assert len(year.with_text("release.py", "# fixed\n")) == 20
    assert year.with_text("release.py", "<<<<<<<") == clashing
    assert len(year.with_text("release.py", "# by its author")) == len(EDITED)
    assert len(year.with_text("plugin_logic.py", "# logic ")) == 20
    assert year.run(fleet, "--update") == 1, "until they are resolved"
    for slug in clashing:
        release = year.out / slug / "release.py"
        marks = ("<<<<<<<", "=======", ">>>>>>>")
        kept = [row for row in release.read_text().splitlines() if not row.startswith(marks)]
        release.write_text("\n".join(kept) + "\n")
    assert year.run(fleet, "--update") == 0

    # The file changes: more memory for all, and what that means for an edited manifest.
    year.write("fleet.json", numbered(*range(1, 21)), memory="192m")
    assert year.run(fleet, "--update") == 0
    (told,) = (p for p in year.report["rendering"]["plugins"] if p["plugin"] == "plugin-1")
    assert "manifest.json: memory: 384m here, 192m in the file" in told["message"]
    assert len(year.with_text("compose.yaml", "192m")) == 20
    assert len(year.with_text("compose.yaml", "# by its author")) == len(EDITED)

    # One leaves, one gets another name, one is new; a second team comes along.
    plugins = [*numbered(*range(1, 19)), *numbered(21)]
    plugins.append({"plugin_name": "Better", "renamed_from": "plugin-19"})
    year.write("fleet.json", plugins, memory="192m")
    other = year.write("other.json", [{"plugin_name": "Theirs"}])
    assert year.run(fleet, "--check") == 1
    assert year.named("orphaned", "comparing") == {"plugin-20"}
    assert year.named("missing", "comparing") == {"plugin-21", "better"}
    assert year.run(fleet) == 0
    assert year.counts() == {"created": 1, "unchanged": 18, "updated": 1}
    assert (year.out / "better" / "plugin_logic.py").read_text() == "# logic 19\n"
    assert year.run(other) == 0
    now = year.ports()
    assert {slug: now[slug] for slug in ports if slug in now} == {
        slug: port for slug, port in ports.items() if slug not in ("plugin-19", "plugin-20")
    }
    assert now["better"] == ports["plugin-19"]
    assert len(now) == len(set(now.values())) == 21
    assert (year.out / "plugin-20").is_dir()
    kustomization = (year.out / "kustomization.yaml").read_text()
    assert kustomization.count("/kubernetes.yaml") == 21
    taken = year.write("other.json", [{"plugin_name": "Theirs"}, *numbered(3)])
    assert year.run(taken, "--update") == 1
    assert year.named("failed") == {"plugin-3"}
    assert year.run(fleet, taken) == 1, "a name appears twice"
    year.write("other.json", [{"plugin_name": "Theirs"}])
    assert year.run(fleet, other) == 0

    # The team wants the template's files back.
    assert year.run(fleet, "--force") == 0
    assert year.with_text("release.py", "# by its author") == set()
    aside = year.out / ".stage7-batch" / "overwritten"
    assert len(list(aside.glob("*/release.py"))) == len(edited)
    assert year.run(fleet, "--check", "--accept", "orphaned") == 0
    assert len(year.with_text("plugin_logic.py", "# logic ")) == 20
