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
from tests.support.template import PROJECT, entry, source

FIXES = {
    "python": ("server.py", "# Fixed.\n"),
    "typescript": ("server.cts", "\n// Fixed.\n"),
    "go": ("server.go", "\n// Fixed.\n"),
}
"""By language: the file that the template fixes, and what it appends."""
AUTHORS = tomllib.loads(
    source("pyproject.toml").read_text("utf-8")
)["tool"]["cruft"]["skip"]  # fmt: skip


@dataclass
class Life:
    """A template, and a plugin that was made from its first version and then worked on."""

    place: Workplace
    plugin: Path
    language: str = "python"

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
        replace(source(name, self.place.template, self.language), old, new)
        self.place.commit(self.place.template, f"Change {name}")

    def template_fix(self) -> None:
        """The template fixes the server and commits."""
        name, fix = FIXES[self.language]
        with source(name, self.place.template, self.language).open("a", encoding="utf-8") as file:
            file.write(fix)
        self.place.commit(self.place.template, "Fix the server")

    def template_move(self, old: str, new: str) -> None:
        """The template moves one of a language's files and commits."""
        template, language = self.place.template, self.language
        source(old, template, language).rename(template / "languages" / language / new)
        path = template / PROJECT / entry(old, language)
        text = path.read_text("utf-8").replace(f"{language}/{old}", f"{language}/{new}")
        path.unlink()
        moved = path.with_name(path.name.replace(Path(old).name, Path(new).name))
        moved.write_text(text, "utf-8")
        self.place.commit(template, f"Move {old}")

    def assert_fixed(self) -> None:
        name, fix = FIXES[self.language]
        assert (self.plugin / name).read_text("utf-8").endswith(fix)

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
    return Life(place, plugin, answers.get("language", "python"))
