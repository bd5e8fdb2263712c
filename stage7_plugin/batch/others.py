"""The plugins of an output folder that the batch files of a run do not name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.safe_files import Foreign
from stage7_plugin.host.view import ManifestUnusable, read_manifest


@dataclass(frozen=True, slots=True)
class Others:
    """Their slugs.

    Attributes:
        elsewhere: Those of other batch files, with the file.
        orphans: Those that a batch file of this run named once.
    """

    elsewhere: dict[str, str]
    orphans: tuple[str, ...]


def find_others(
    output: OutputFolder, recipes: Iterable[Recipe], sources: Collection[str]
) -> Others:
    """Look which plugins there are besides those of the batch files.

    Args:
        output: The folder.
        recipes: The plugins of the batch files.
        sources: The batch files, as seen from the output folder.
    """
    ours = {recipe.slug for recipe in recipes}
    moving = {recipe.renamed_from for recipe in recipes}
    elsewhere: dict[str, str] = {}
    orphans = []
    for slug, record in output.read_records(ours | moving):
        if not output.plugin(slug).is_dir():
            continue
        if record.source and record.source not in sources:
            if not record.orphaned:
                elsewhere[slug] = record.source
        else:
            orphans.append(slug)
    return Others(elsewhere, tuple(orphans))


def note_orphans(output: OutputFolder, orphans: Iterable[str]) -> None:
    """Note in their records that they are not part of the fleet. Raises OSError.

    A run with another batch file cannot tell otherwise.
    """
    for slug in orphans:
        record = output.read_record(slug)
        if record and not record.orphaned:
            output.write_record(slug, replace(record, orphaned=True))


def refuse_shared_verbs(output: OutputFolder, recipes: Iterable[Recipe], others: Others) -> None:
    """Raise Foreign if a plugin of another batch file has a verb of this run."""
    verbs = {recipe.spec.verb: recipe.slug for recipe in recipes}
    for slug, source in others.elsewhere.items():
        try:
            verb = read_manifest(output.plugin(slug) / "manifest.json").get("verb")
        except ManifestUnusable:
            continue
        if verb in verbs:
            raise Foreign(
                f"{verbs[verb]}: its verb {verb} is that of {slug}, which {source} made; the host "
                f"calls a plugin by its verb, so choose another: verb: {verb}_2"
            )
