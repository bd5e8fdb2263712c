"""Putting a rendered plugin where it belongs, whole or not at all.

A plugin is rendered in the staging folder, on the same file system as its target, and then moved.
A folder that is replaced is moved out first and what is not the template's (.git, a person's own
files) is carried over last; `recover` finishes or takes back what a killed run was at.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from stage7_plugin.batch.output_folder import OutputFolder, Record
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.safe_files import Foreign, digest, digest_of
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.errors import UserError
from stage7_plugin.generate import git
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.plugin_spec import PluginSpec

CREATED, UPDATED, UNCHANGED, OUTDATED = "created", "updated", "unchanged", "outdated"

# The author's once they have been edited, as `tool.cruft` in the rendered pyproject.toml says.
AUTHORS = (
    "plugin_logic.py",
    "manifest.json",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "requirements.in",
    "system-packages.txt",
    "requirements.txt",
    "examples/request.json",
    "requirements-dev.in",
    "tests/settings.toml",
    "tests/test_logic.py",
)


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
    record = output.read_record(slug)
    exists = os.path.lexists(target)
    if recipe.author_is_default and record and record.author:
        # The default author is of one user's git; it must not change another user's plugin.
        answers = {**recipe.spec.answers, "author": record.author}
        recipe = replace(recipe, spec=PluginSpec.from_answers(answers))
    recipe_digest = recipe.digest(template.digest)
    if exists:
        kept = _kept(target, record, recipe_digest, rewrite)
        if kept:
            return kept
    staged = output.staging / str(os.getpid()) / slug
    try:
        files = _write(staged, recipe, template)
        authors = _keep_authors_files(target, staged, record, files) if exists else []
        remarks = [recipe.remark]
        if authors:
            remarks.append(f"left alone, because you edited them: {', '.join(authors)}")
        if not exists and recipe.spec.git_init == "yes":
            remarks.append(git.start_repository(staged).message)
        author = recipe.spec.author if recipe.author_is_default else ""
        new = Record(recipe_digest, files, author)
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
    """Finish or take back every replacement that was interrupted, then empty the staging folder.

    Raises:
        Foreign: Something is there that this command did not put there.
        OSError: A file or folder cannot be moved.
    """
    for old in sorted(output.replaced.iterdir()):
        if old.is_symlink() or not old.is_dir():
            raise Foreign(f"{old} is no folder of this command; move it away")
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
    return [path for path, written in record.files.items() if digest_of(folder / path) != written]


def _kept(
    target: Path, record: Record | None, recipe: str, rewrite: Rewrite
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
    if rewrite.force or (rewrite.update and record.recipe != recipe):
        changed = [path for path in changed_files(target, record) if path not in AUTHORS]
    if changed and not rewrite.force:
        listed = ", ".join(changed[:5]) + (", ..." if len(changed) > 5 else "")
        raise Refused(f"{listed} changed since this command wrote it; --force writes over it")
    if record.recipe == recipe and not changed:
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
        digests[file.path] = digest(content)
    return digests


def _keep_authors_files(
    target: Path, staged: Path, record: Record | None, new: dict[str, str]
) -> list[str]:
    """Put the author's files as they are into the new folder, deletions included.

    Args:
        target: The folder that is there.
        staged: The new one.
        record: What this command wrote; without one, every author's file that is there stays.
        new: The digests of what has been rendered.

    Returns:
        The files that differ from what has been rendered.
    """
    kept = []
    for path in AUTHORS:
        theirs = target / path
        found = digest_of(theirs)
        if record is None and not os.path.lexists(theirs):
            continue
        if record is not None and found == record.files.get(path):
            continue
        if theirs.is_dir() and not theirs.is_symlink():
            raise Refused(f"{theirs} is a folder; move it away")
        (staged / path).unlink(missing_ok=True)
        if os.path.lexists(theirs):
            if found is None and not theirs.is_symlink():
                raise Refused(f"{theirs} is neither a file nor a link; move it away")
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(theirs, staged / path, follow_symlinks=False)
        if found != new.get(path):
            kept.append(path)
    return kept


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
