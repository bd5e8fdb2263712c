"""What has changed since a plugin was written: the batch file, the template, or its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stage7_plugin.batch.authors_files import AUTHORS, manifest_differences
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.record import Bases, Record
from stage7_plugin.batch.safe_files import digest_of, read_regular
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.generate.merge import MARKER

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """What sets a plugin's folder apart from what would be written now.

    Attributes:
        by: What has changed since it was written: "the file", "the template", both or nothing.
        edited: The template's files that a person has edited.
        conflicts: The files in which conflicts of an update are still marked.
        manifest: Values of an edited manifest that the batch file does not say.
    """

    by: tuple[str, ...]
    edited: tuple[str, ...]
    conflicts: tuple[str, ...]
    manifest: tuple[str, ...]

    def __str__(self) -> str:
        said = []
        if self.conflicts:
            said.append(f"conflicts are still marked in {', '.join(self.conflicts)}")
        if self.by:
            said.append(f"outdated by {' and '.join(self.by)}")
        if self.edited:
            said.append(f"edited: {named(self.edited)}")
        if self.manifest:
            said.append(f"edited manifest.json: {named(self.manifest)}")
        return "; ".join(said)


def difference(
    target: Path, record: Record, recipe: Recipe, template: PluginTemplate, bases: Bases
) -> Difference:
    """Compare a plugin's folder with its record, and the record with what would be written now.

    Raises:
        OSError: The logic or the lock of the batch file cannot be read.
    """
    changed = changed_files(target, record)
    by = [] if record.recipe == recipe.digest else ["the file"]
    by += [] if record.template == template.digest else ["the template"]
    manifest = []
    if "manifest.json" in changed:
        wrote = bases.read(record, "manifest.json") or b""
        manifest = manifest_differences(read_regular(target / "manifest.json"), None, wrote)
    return Difference(
        tuple(by),
        tuple(path for path in changed if path not in AUTHORS),
        tuple(p for p in record.conflicts if MARKER in (read_regular(target / p) or b"")),
        tuple(manifest),
    )


def changed_files(folder: Path, record: Record) -> list[str]:
    """The files of a record that are no longer as they were written."""
    base = f"{folder}/"  # on the hot path: joining text takes a tenth of joining paths
    return [path for path, written in record.files.items() if digest_of(base + path) != written]


def named(texts: tuple[str, ...] | list[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(texts) - _MOST_NAMED
    return ", ".join(texts[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
