"""Putting a rendered plugin where it belongs, whole or not at all.

A plugin is rendered in the staging folder, on the same file system as its target, and then moved.
A folder that is replaced is moved out first and what is not the template's (.git, a person's own
files) is carried over last; `recover` finishes or takes back what a killed run was at.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from stage7_plugin.batch.output_folder import OutputFolder, Record
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.errors import UserError
from stage7_plugin.generate import git
from stage7_plugin.spec.manifest import manifest_problems

CREATED, UPDATED, UNCHANGED, OUTDATED = "created", "updated", "unchanged", "outdated"


class Refused(UserError):
    """The plugin is not written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What may happen to a folder that is there already."""

    update: bool = False
    force: bool = False


def place(
    recipe: Recipe, template: PluginTemplate, output: OutputFolder, rewrite: Rewrite
) -> tuple[str, str]:
    """Make one plugin.

    Returns:
        What became of it (CREATED, UPDATED, UNCHANGED or OUTDATED), and a remark, often empty.

    Raises:
        Refused: Its folder is not to be touched, or the host would not accept its manifest.
        OSError: It could not be written; the target is as it was.
    """
    slug, target = recipe.slug, output.plugin(recipe.slug)
    digest = recipe.digest(template.digest)
    record = output.read_record(slug)
    exists = os.path.lexists(target)
    if exists:
        kept = _kept(target, record, digest, rewrite)
        if kept:
            return kept
    staged = output.staging / str(os.getpid()) / slug
    try:
        files = _write(staged, recipe, template)
        remarks = [recipe.remark]
        if not exists and recipe.spec.git_init == "yes":
            remarks.append(git.start_repository(staged).message)
        new = Record(digest, files)
        if exists:
            _replace(slug, staged, new, output)
        else:
            # The record first: a folder without one would pass for a person's own.
            output.write_record(slug, new)
            staged.rename(target)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return (UPDATED if exists else CREATED), "; ".join(filter(None, remarks))


def recover(output: OutputFolder) -> None:
    """Finish or take back every replacement that was interrupted, then empty the staging folder."""
    for old in sorted(output.replaced.iterdir()):
        target = output.plugin(old.name)
        if os.path.lexists(target):
            _finish(old.name, output)
        else:
            old.rename(target)
    for pending in output.state.glob("*.json"):  # of a replacement that had not begun
        pending.unlink()
    output.clear_staging()


def changed_files(folder: Path, record: Record) -> list[str]:
    """The files of a record that are no longer as they were written."""
    return [path for path, digest in record.files.items() if _digest_of(folder / path) != digest]


def _kept(
    target: Path, record: Record | None, digest: str, rewrite: Rewrite
) -> tuple[str, str] | None:
    """What to report of a folder that stays as it is; None if it may be replaced."""
    if target.is_symlink() or not target.is_dir():
        raise Refused(f"{target} is there and is no folder; move it away")
    if record is None:
        if rewrite.force:
            return None
        raise Refused(
            f"{target} is there, and this command did not make it; move it away, or let --force "
            "write over it"
        )
    changed: list[str] = []
    if rewrite.force or (rewrite.update and record.recipe != digest):
        changed = changed_files(target, record)
    if changed and not rewrite.force:
        listed = ", ".join(changed[:5]) + (", ..." if len(changed) > 5 else "")
        raise Refused(f"{listed} changed since this command wrote it; --force writes over it")
    if record.recipe == digest and not changed:
        return UNCHANGED, ""
    if rewrite.update or rewrite.force:
        return None
    return OUTDATED, "its answers or the template have changed; --update renders it again"


def _write(folder: Path, recipe: Recipe, template: PluginTemplate) -> dict[str, str]:
    """Write every file; returns their digests."""
    shutil.rmtree(folder, ignore_errors=True)
    digests: dict[str, str] = {}
    made: set[str] = set()
    for file in template.render(recipe.spec):
        content = recipe.laid_over(file.path, file.content)
        if file.path == "manifest.json":
            _check_manifest(content)
        path = f"{folder}/{file.path}"
        parent = os.path.dirname(path)  # noqa: PTH120, on the hot path
        if parent not in made:
            os.makedirs(parent, exist_ok=True)  # noqa: PTH103
            made.add(parent)
        with open(path, "wb") as opened:  # noqa: PTH123
            opened.write(content)
        os.chmod(path, file.mode)  # noqa: PTH101
        digests[file.path] = _digest(content)
    return digests


def _check_manifest(content: bytes) -> None:
    problems = manifest_problems(json.loads(content))
    if problems:
        raise Refused(f"the host would not accept its manifest.json: {'; '.join(problems)}")


def _replace(slug: str, staged: Path, new: Record, output: OutputFolder) -> None:
    target, replaced = output.plugin(slug), output.replaced / slug
    output.write_record(slug, new, folder=output.state)
    target.rename(replaced)
    try:
        staged.rename(target)
    except OSError:
        replaced.rename(target)
        raise
    _finish(slug, output)


def _finish(slug: str, output: OutputFolder) -> None:
    """The rest of a replacement once the new folder is in place; may be repeated."""
    replaced, record = output.replaced / slug, output.read_record(slug)
    _carry_over(replaced, output.plugin(slug), record.files if record else ())
    pending = output.state / f"{slug}.json"
    if pending.exists():
        pending.replace(output.records / pending.name)
    shutil.rmtree(replaced)


def _carry_over(old: Path, new: Path, written: Collection[str]) -> None:
    """Move what this command did not write, and what the new folder lacks."""
    for folder, folders, files in os.walk(old):
        relative = Path(folder).relative_to(old)
        for name in [*folders, *files]:
            inner = relative / name
            destination = new / inner
            if os.path.lexists(destination) or inner.as_posix() in written:
                continue
            if any(path.startswith(f"{inner.as_posix()}/") for path in written):
                continue  # holds files of both: looked into later
            destination.parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).rename(destination)
            if name in folders:
                folders.remove(name)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _digest_of(path: Path) -> str | None:
    try:
        return None if path.is_symlink() else _digest(path.read_bytes())
    except OSError:
        return None
