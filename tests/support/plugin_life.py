"""A plugin and its template, as both are worked on: by an author, and by those of the template."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from tests.support.git_template import ADDRESS, Workplace
from tests.support.template import source

FIX = "# Fixed.\n"
AUTHORS = tomllib.loads(
    source("pyproject.toml").read_text("utf-8")
)["tool"]["cruft"]["skip"]  # fmt: skip


@dataclass
class Life:
    """A template, and a plugin that was made from its first version and then worked on."""

    place: Workplace
    plugin: Path

    def cruft(self, *arguments: str) -> str:
        return self.place.run(self.plugin, "cruft", *arguments)

    def fails(self, *arguments: str) -> str:
        status, output = self.place.call(self.plugin, sys.executable, "-m", "cruft", *arguments)
        assert status == 1, output
        return output

    def update(self) -> str:
        return self.cruft("update", "--skip-apply-ask")

    def edit(self, name: str, old: str, new: str) -> None:
        """The author changes a file and commits."""
        replace(self.plugin / name, old, new)
        self.place.commit(self.plugin, f"Change {name}")

    def template_edit(self, name: str, old: str, new: str) -> None:
        """The template changes one of its rendered files and commits."""
        replace(source(name, self.place.template), old, new)
        self.place.commit(self.place.template, f"Change {name}")

    def template_fix(self) -> None:
        """The template fixes the server and commits."""
        with source("server.py", self.place.template).open("a", encoding="utf-8") as file:
            file.write(FIX)
        self.place.commit(self.place.template, "Fix the server")

    def assert_fixed(self) -> None:
        assert (self.plugin / "server.py").read_text("utf-8").endswith(FIX)

    def status(self) -> dict[str, str]:
        """The state of each changed file in the plugin."""
        lines = self.place.git(self.plugin, "status", "--porcelain").splitlines()
        return {line[2:].strip(): line[:2].strip() for line in lines}


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def created(folder: Path, **answers: str) -> Life:
    """A template, and a plugin that cruft made from it in a folder, committed."""
    place = Workplace(folder)
    given = ("--extra-context", json.dumps(answers)) if answers else ()
    printed = place.run(folder, "cruft", "create", ADDRESS, "--no-input", *given)
    assert "git add .cruft.json" in printed
    plugin = folder / "text-echo"
    place.commit(plugin, "Link the template")
    return Life(place, plugin)
