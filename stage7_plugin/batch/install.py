"""Putting a rendered plugin where it belongs, whole or not at all.

A plugin is rendered in the staging folder, on the same file system as its target, and then moved.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stage7_plugin.batch import release
from stage7_plugin.batch.authors_files import (
    AUTHORS,
    Refused,
    keep_authors_files,
    manifest_differences,
)
from stage7_plugin.batch.compare import difference, named
from stage7_plugin.batch.edits import bring_edits
from stage7_plugin.batch.outcome import (
    CONFLICT,
    CREATED,
    EDITED,
    MISSING,
    OUTDATED,
    RELEASED,
    UNCHANGED,
    UPDATED,
)
from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.record import Record
from stage7_plugin.batch.replacing import replace_folder
from stage7_plugin.batch.safe_files import digest, read_regular
from stage7_plugin.batch.template import PluginTemplate, RenderedFile
from stage7_plugin.generate import git
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.plugin_spec import AnswersRefused, PluginSpec
from stage7_plugin.wrap.laying_over import added

_Rendered = Callable[[], Sequence[RenderedFile]]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What may happen to a folder that already exists.

    Attributes:
        update: What has changed is rendered again, and merged with a person's edits.
        force: Like update, and files of the template that a person has edited are overwritten.
        compare: Nothing is written at all; outcomes say what would have to be.
        sources: The batch files of this run, as seen from the output folder.
        take_over: Plugins that another batch file made become those of this run.
        release: The part of the version to move: major, minor or patch; empty for none.
        note: A line for the changelogs of a release.
    """

    update: bool = False
    force: bool = False
    compare: bool = False
    sources: frozenset[str] = frozenset()
    take_over: bool = False
    release: str = ""
    note: str = ""

    @property
    def writes_again(self) -> bool:
        """Whether what is there may be rendered again."""
        return bool(self.update or self.force or self.release) and not self.compare


def place(
    recipe: Recipe, template: PluginTemplate, output: OutputFolder, rewrite: Rewrite
) -> tuple[str, str]:
    """Make one plugin.

    Returns:
        What became of it (see `outcome`), and a remark, often empty.

    Raises:
        Refused: Its folder is not to be touched, or the host would not accept its manifest.
        OSError: It could not be written; the target is as it was.
    """
    slug, target = recipe.slug, output.plugin(recipe.slug)
    if recipe.moved:
        rewrite = replace(rewrite, update=True)
    record = output.read_record(slug)
    exists = os.path.lexists(target)
    if not exists and rewrite.compare:
        there = recipe.renamed_from and output.plugin(recipe.renamed_from).is_dir()
        return MISSING, f"still named {recipe.renamed_from}" if there else "not created yet"
    if record:
        recipe = _with_lasting_defaults(recipe, record, template)
    if rewrite.release and not exists:
        raise Refused(f"{target} does not exist yet: create it without --release first")
    before = release.reached(target, recipe.spec.version)
    version = release.next_version(before, rewrite.release) if rewrite.release else before
    if version != recipe.spec.version:
        answers = {**recipe.spec.answers, "version": version}
        recipe = replace(recipe, spec=PluginSpec.from_answers(answers))
    rendered: _Rendered = functools.cache(functools.partial(_rendered, recipe, template, target))
    if exists:
        _refuse_foreign(target, record, recipe, rewrite)
        kept = record and _kept(record, recipe, template, output, rewrite, rendered)
        if kept:
            return kept
    staged = output.staging / str(os.getpid()) / slug
    try:
        _write(staged, rendered())
        new = _new_record(recipe, template, rendered(), output)
        if exists:
            found = _bring_over(slug, staged, record, new, output, rewrite.force)
            if rewrite.release:
                release.move(target, staged, before, version, rewrite.note)
            replace_folder(slug, staged, replace(new, conflicts=found.conflicts), output)
            moved = f"moved from {recipe.renamed_from}" if recipe.moved else ""
            moved_on = record is None or record.recipe != new.recipe
            remarks = [moved, *found.remarks, *(recipe.remarks if moved_on else ())]
            status = CONFLICT if found.conflicts else UPDATED
            if rewrite.release and status == UPDATED:
                status, remarks = RELEASED, []
        else:
            remarks, status = recipe.remarks, CREATED
            if recipe.spec.git_init == "yes":
                remarks.append(git.start_repository(staged).message)
            # The record first: a folder without one would pass for a person's own.
            output.write_record(slug, new)
            staged.rename(target)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return status, "; ".join(filter(None, remarks))


def _with_lasting_defaults(recipe: Recipe, record: Record, template: PluginTemplate) -> Recipe:
    """A recipe with the defaults of when its plugin was made.

    A new version of the template, or the git configuration of another user, must not change the
    Python version or the author of plugins that are there. cruft keeps answers in the same way.
    """
    answers = recipe.spec.answers
    asked = _open(recipe, template)
    kept = {prompt: record.defaults[prompt] for prompt in asked if prompt in record.defaults}
    if recipe.given is None or all(answers[prompt] == kept[prompt] for prompt in kept):
        return recipe
    given = {prompt: answers[prompt] for prompt in recipe.given}
    try:
        spec = PluginSpec.from_answers(template.answers({**given, **kept}))
    except AnswersRefused:  # such as a Python that the template has no longer
        return recipe
    return replace(recipe, spec=spec)


def _open(recipe: Recipe, template: PluginTemplate) -> list[str]:
    """The prompts with a lasting default that the batch file leaves open."""
    if recipe.given is None:
        return []
    return [prompt for prompt in template.lasting if prompt not in recipe.given]


def _refuse_foreign(target: Path, record: Record | None, recipe: Recipe, rewrite: Rewrite) -> None:
    """Refuse a folder that this batch file did not make."""
    if target.is_symlink() or not target.is_dir():
        raise Refused(f"{target} exists and is not a folder; move it away")
    if record is None:
        if rewrite.force and not rewrite.compare:
            return
        raise Refused(
            f"{target} exists, and this command did not create it; move it away, or overwrite it "
            "with --force"
        )
    ours = record.source in ("", recipe.source) or record.source in rewrite.sources
    # Folder or batch file have been moved: the file that made it is no longer where it was.
    gone = not (target.parent / record.source).exists()
    ours = ours or (gone and Path(record.source).name == Path(recipe.source).name)
    if not ours and not rewrite.take_over:
        raise Refused(
            f"{target} was made from {record.source}; choose another plugin_slug, name both "
            "batch files in one run, or use --take-over"
        )


def _kept(
    record: Record,
    recipe: Recipe,
    template: PluginTemplate,
    output: OutputFolder,
    rewrite: Rewrite,
    rendered: _Rendered,
) -> tuple[str, str] | None:
    """What to report of a folder that stays as it is; None if it is to be replaced."""
    target = output.plugin(recipe.slug)
    found = difference(target, record, recipe, template, output.bases)
    current = replace(record, source=recipe.source, orphaned=False)
    if found.by and template.rendered_digest(_contents(rendered())) == record.rendered:
        # Nothing that is rendered: a comment in our code, a default that is now written down.
        found = replace(found, by=())
        if rewrite.writes_again:
            current = replace(current, recipe=recipe.digest, template=template.digest)
    if found.conflicts and not (rewrite.force and rewrite.writes_again):
        return CONFLICT, str(found)
    if rewrite.writes_again and (found.by or (rewrite.force and found.edited)):
        return None
    if current != record and not rewrite.compare:
        output.write_record(recipe.slug, current)
    if found.by:
        return OUTDATED, str(found) + ("" if rewrite.compare else "; --update renders it again")
    return (EDITED if rewrite.compare and found.edited else UNCHANGED), str(found)


def _rendered(recipe: Recipe, template: PluginTemplate, folder: Path) -> list[RenderedFile]:
    files = []
    for file in template.render(recipe.spec):
        content = recipe.laid_over(file.path, file.content, folder)
        if file.path == "manifest.json":
            _check_manifest(content)
        files.append(replace(file, content=content))
    if recipe.wrapping:
        can_run = recipe.wrapping.executable
        for path, content in added(recipe.wrapping, _contents(files)):
            files.append(RenderedFile(path, content, 0o755 if path in can_run else 0o644))
    return files


def _contents(files: Sequence[RenderedFile]) -> dict[str, bytes]:
    return {file.path: file.content for file in files}


def _write(folder: Path, files: Sequence[RenderedFile]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    made: set[str] = set()
    for file in files:
        path = f"{folder}/{file.path}"
        parent = os.path.dirname(path)  # noqa: PTH120, on the hot path
        if parent not in made:
            os.makedirs(parent, exist_ok=True)  # noqa: PTH103
            made.add(parent)
        with open(path, "wb") as opened:  # noqa: PTH123
            opened.write(file.content)
        os.chmod(path, file.mode)  # noqa: PTH101


def _new_record(
    recipe: Recipe, template: PluginTemplate, files: Sequence[RenderedFile], output: OutputFolder
) -> Record:
    contents = _contents(files)
    digests = {path: digest(content) for path, content in contents.items()}
    merged = {path: contents[path] for path in contents if path not in AUTHORS}
    merged["manifest.json"] = contents["manifest.json"]  # compared value by value
    return Record(
        recipe=recipe.digest,
        template=template.digest,
        rendered=template.rendered_digest(contents),
        files=digests,
        defaults={prompt: str(recipe.spec.answers[prompt]) for prompt in _open(recipe, template)},
        source=recipe.source,
        base=output.bases.keep(recipe.slug, merged, digests),
    )


@dataclass(frozen=True, slots=True)
class _BroughtOver:
    remarks: tuple[str, ...]
    conflicts: tuple[str, ...]


def _bring_over(
    slug: str, staged: Path, record: Record | None, new: Record, output: OutputFolder, force: bool
) -> _BroughtOver:
    """Put what a person has edited into the new folder."""
    target, remarks = output.plugin(slug), []
    wanted = (staged / "manifest.json").read_bytes()
    edits = bring_edits(slug, staged, record, new.files, output, force)
    authors = keep_authors_files(target, staged, record, new.files)
    if authors:
        remarks.append(f"left alone, because you edited them: {', '.join(authors)}")
    if "manifest.json" in authors:
        before = output.bases.read(record, "manifest.json") if record else None
        differences = manifest_differences(read_regular(target / "manifest.json"), before, wanted)
        if differences:
            remarks.append(f"manifest.json: {named(differences)}")
    return _BroughtOver((*remarks, str(edits)), tuple(edits.conflicts))


def _check_manifest(content: bytes) -> None:
    problems = manifest_problems(json.loads(content))
    if problems:
        raise Refused(f"the host would not accept its manifest.json: {'; '.join(problems)}")
