"""An author's edits of the template's files, brought into a newly rendered plugin."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from stage7_plugin.batch.authors_files import AUTHORS, Refused, copy_as_it_is, refuse_odd
from stage7_plugin.batch.compare import named
from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.record import Record
from stage7_plugin.batch.safe_files import digest_of
from stage7_plugin.generate.merge import CannotMerge, merge


@dataclass
class Edits:
    """What became of them; paths of files."""

    merged: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)
    aside: Path | None = None

    def __str__(self) -> str:
        said = []
        if self.conflicts:
            said.append(f"conflicts are marked in {', '.join(self.conflicts)}; resolve them")
        if self.merged:
            said.append(f"merged with your edits: {named(self.merged)}")
        if self.left:
            said.append(f"left as you made them: {named(self.left)}")
        if self.overwritten:
            said.append(f"overwritten: {named(self.overwritten)}; kept in {self.aside}")
        return "; ".join(said)


def bring_edits(
    slug: str,
    staged: Path,
    record: Record | None,
    new: Mapping[str, str],
    output: OutputFolder,
    force: bool,
) -> Edits:
    """Merge edited files into the staged folder, or with `force` keep them aside.

    Args:
        slug: The plugin.
        staged: The folder as it has been rendered.
        record: What was written before; None if that is not known.
        new: The digests of what has been rendered.
        output: Where the plugin is.
        force: Whether the template's files win.

    Raises:
        Refused: Something is in the way that is not a file, or a file cannot be merged.
        OSError: A file cannot be read or written.
    """
    target, edits = output.plugin(slug), Edits()
    written = record.files if record else {}
    checked: set[PurePosixPath] = set()
    for path in sorted({*written, *new}):
        _refuse_odd_parents(target, path, checked)
        found, there = digest_of(target / path), os.path.lexists(target / path)
        as_written = found in (written.get(path), new.get(path)) if found else False
        if path in AUTHORS or as_written or not (there or path in written):
            continue
        if there:
            refuse_odd(target / path)
        if force:
            if there:
                edits.overwritten.append(path)
        elif not there:
            if path in new:
                (staged / path).unlink()
                edits.left.append(path)
        elif path not in new or found is None:
            copy_as_it_is(target / path, staged / path)
            edits.left.append(path)
        else:
            base = output.bases.read(record, path) if record else None
            conflict = _merge(target / path, base or b"", staged / path)
            (edits.conflicts if conflict else edits.merged).append(path)
    if edits.overwritten:
        edits.aside = output.keep_aside(slug, target, edits.overwritten)
    return edits


def _merge(yours: Path, base: bytes, staged: Path) -> bool:
    scratch = staged.with_name(f"{staged.name}.merging")
    scratch.mkdir()
    try:
        content, conflict = merge(yours.read_bytes(), base, staged.read_bytes(), scratch)
    except CannotMerge as error:
        raise Refused(f"{yours} cannot be merged: {error}; --force overwrites it") from error
    finally:
        shutil.rmtree(scratch)
    staged.write_bytes(content)
    shutil.copymode(yours, staged)
    return conflict


def _refuse_odd_parents(target: Path, path: str, checked: set[PurePosixPath]) -> None:
    """Refuse a link or a file where the template has a folder: it would lead elsewhere."""
    for parent in PurePosixPath(path).parents:
        if parent in checked:
            return
        checked.add(parent)
        folder = target / parent
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise Refused(f"{folder} is not a folder, but the template needs one; move it away")
