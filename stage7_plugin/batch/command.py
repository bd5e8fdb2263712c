"""`stage7-plugin batch`, once its options have been read."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from stage7_plugin.batch.digests import Digests
from stage7_plugin.batch.images import build_all
from stage7_plugin.batch.install import Rewrite
from stage7_plugin.batch.others import Others, find_others, note_orphans, refuse_shared_verbs
from stage7_plugin.batch.outcome import (
    CONFLICT,
    CREATED,
    FAILED,
    ORPHANED,
    RELEASED,
    UNCHANGED,
    UPDATED,
    Outcome,
)
from stage7_plugin.batch.output_folder import Busy, OutputFolder
from stage7_plugin.batch.outputs.index import read_ownership
from stage7_plugin.batch.outputs.member import Member, read_member
from stage7_plugin.batch.outputs.ports import assign, read_ports
from stage7_plugin.batch.outputs.write import FleetFiles
from stage7_plugin.batch.ownership import Ownership
from stage7_plugin.batch.progress import follow
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.renames import move_renamed
from stage7_plugin.batch.replacing import recover
from stage7_plugin.batch.report import (
    format_located,
    print_advice,
    print_next_steps,
    print_summary,
    print_unlocked,
    write_report,
)
from stage7_plugin.batch.safe_files import Foreign
from stage7_plugin.batch.shard import Shard
from stage7_plugin.batch.sources import from_output, read_sources
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.batch.workers import make_all
from stage7_plugin.host.engine import EngineMissing
from stage7_plugin.host.view import ManifestUnusable
from stage7_plugin.spec.problems import printable

_ORPHANED = "no longer in the batch file; remove the folder, or list it in renamed_from"
OK, SOME_FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class BatchOptions:
    """The options of the command.

    Attributes:
        sources: The batch files, - for standard input.
        output: Where the plugins go; None if the user has not said.
    """

    sources: tuple[str, ...]
    output: Path | None = None
    form: str | None = None
    defaults: str | None = None
    check_only: bool = False
    rewrite: Rewrite = field(default_factory=Rewrite)
    accepted: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    shard: Shard = field(default_factory=lambda: Shard(1, 1))
    report: Path | None = None
    quiet: bool = False
    build: bool = False
    jobs: int = 2
    first_port: int = 20000

    @property
    def named(self) -> str:
        """The batch files, for people."""
        return ", ".join(self.sources)


def run_batch(options: BatchOptions) -> int:
    """Check the files, make their plugins, build images if asked to; returns the exit status."""
    template, output = PluginTemplate(), options.output or Path()
    recipes, located = read_sources(
        options.sources, options.form, options.defaults, output, options.first_port, template
    )
    steps: dict[str, list[Outcome]] = {}
    if located:
        print(format_located(options.sources, located), file=sys.stderr)
        status = SOME_FAILED
    elif unknown := set(options.only) - {recipe.slug for recipe in recipes}:
        slugs = ", ".join(sorted(unknown))
        print(f"--only: {options.named} has no plugin with the slug {slugs}", file=sys.stderr)
        status = UNUSABLE
    elif options.check_only:
        if not options.quiet:
            count = "1 plugin" if len(recipes) == 1 else f"{len(recipes)} plugins"
            print(f"{options.named}: {count}, no problems")
        status = OK
        if options.output:
            status = _Run(options, recipes, template, steps).compare()
    else:
        status = _write(_Run(options, recipes, template, steps))
    if options.report:
        try:
            write_report(options.report, options.sources, located, steps, status == OK)
        except OSError as error:
            print(f"{options.report} cannot be written: {error.strerror}", file=sys.stderr)
            return status or UNUSABLE
    return status


def _write(run: _Run) -> int:
    output = run.output
    try:
        output.create()
        with output.run_lock():
            recover(output)
            try:
                run.steps_in_order()
            finally:
                recover(output)
    except (Busy, Foreign) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except EngineMissing as error:
        print(f"--build: {error}\n  {error.command}", file=sys.stderr)
        return UNUSABLE
    except OSError as error:
        where = error.filename or output.path
        print(f"{where} cannot be written: {error.strerror or error}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("\ninterrupted; run the same command again to continue", file=sys.stderr)
        return INTERRUPTED
    return SOME_FAILED if run.failed else OK


class _Run:
    """The steps that write; what became of each plugin is noted as it happens."""

    def __init__(
        self,
        options: BatchOptions,
        recipes: Sequence[Recipe],
        template: PluginTemplate,
        steps: dict[str, list[Outcome]],
    ) -> None:
        self.output = OutputFolder(options.output or Path())
        self._options = options
        self._recipes = recipes
        self._sources = {from_output(source, self.output.path) for source in options.sources}
        self._rewrite = replace(options.rewrite, sources=frozenset(self._sources))
        self._template = template
        self._steps = steps

    @property
    def failed(self) -> bool:
        """Whether anything did."""
        return any(outcome.failed for step in self._steps.values() for outcome in step)

    def steps_in_order(self) -> None:
        """Render, write the files of the fleet, build."""
        options = self._options
        others = self._others()
        refuse_shared_verbs(self.output, self._recipes, others)
        owned = any(recipe.ownership.owner for recipe in self._recipes)
        on_kubernetes = any(recipe.spec.kubernetes == "yes" for recipe in self._recipes)
        files = FleetFiles(self.output, options.shard, options.rewrite.force)
        files.refuse_foreign([recipe.slug for recipe in self._recipes], on_kubernetes, owned)
        mine = move_renamed(self._mine(), self.output, self._sources)
        outcomes = make_all(mine, self._template, self.output, self._rewrite)
        rendered = self._step("rendering", outcomes, len(mine))
        if any(outcome.status in (UPDATED, CONFLICT) for outcome in rendered):
            self.output.prune_bases()
        note_orphans(self.output, others.orphans)
        if others.orphans and not options.quiet:
            print(printable(f"  {', '.join(others.orphans)}: {_ORPHANED}"))
        members = self._members(others)
        if remark := files.write(members):
            print(printable(remark))
        if not options.quiet:
            made = {o.slug for o in rendered if o.status in (CREATED, UPDATED, RELEASED)}
            print_unlocked(members)
            print_advice(member for member in members if member.slug in made)
        if options.build:
            wanted = {outcome.slug: outcome.line for outcome in rendered if not outcome.failed}
            building = [member for member in members if member.slug in wanted]
            outcomes = build_all(building, self.output, wanted, options.jobs)
            self._step("building", outcomes, len(building))
        if members and not options.quiet and not self.failed:
            new = any(outcome.status == CREATED for outcome in rendered)
            print_next_steps(self.output.path, members, options.build, new)

    def compare(self) -> int:
        """Compare files, template and folder, and write nothing; returns the exit status."""
        mine = self._mine()
        rewrite = replace(self._rewrite, compare=True)
        outcomes = make_all(mine, self._template, self.output, rewrite)
        found = self._step("comparing", outcomes, len(mine))
        orphans = [Outcome(slug, 0, ORPHANED, _ORPHANED) for slug in self._others().orphans]
        found += orphans
        if orphans:
            print(printable(f"  {', '.join(orphan.slug for orphan in orphans)}: {_ORPHANED}"))
        fine = {UNCHANGED, *self._options.accepted}
        return OK if all(outcome.status in fine for outcome in found) else SOME_FAILED

    def _mine(self) -> Sequence[Recipe]:
        """The plugins of this run: those that are chosen, of this part of the fleet."""
        only = set(self._options.only)
        return self._options.shard.of([r for r in self._recipes if not only or r.slug in only])

    def _others(self) -> Others:
        return find_others(self.output, self._recipes, self._sources)

    def _step(
        self, name: str, outcomes: Generator[Outcome, None, None], total: int
    ) -> list[Outcome]:
        start = time.monotonic()
        noted = self._steps.setdefault(name, [])
        # Closed before anything else happens, also on Ctrl-C: only then has all writing stopped.
        with closing(outcomes):
            for outcome in follow(outcomes, total, name, self._options.quiet):
                noted.append(outcome)
        print_summary(noted, name, time.monotonic() - start, self._options.quiet)
        return noted

    def _members(self, others: Others) -> list[Member]:
        """The plugins that are there, whichever shard, run or batch file made them."""
        found = []
        lines = {recipe.slug: recipe.line for recipe in self._recipes}
        lines |= dict.fromkeys(others.elsewhere, 0)
        sources = {recipe.slug: recipe.source for recipe in self._recipes} | others.elsewhere
        whose = read_ownership(self.output.path)
        whose |= {recipe.slug: recipe.ownership for recipe in self._recipes}
        ports, digests = self._ports(list(lines)), Digests(self.output)
        for slug, line in lines.items():
            folder = self.output.plugin(slug)
            if not (folder / "manifest.json").is_file():
                continue
            try:
                owner = whose.get(slug, Ownership())
                found.append(read_member(folder, ports[slug], owner, sources[slug], digests))
            except ManifestUnusable as error:
                outcome = Outcome(slug, line, FAILED, str(error))
                self._steps.setdefault("fleet", []).append(outcome)
                print(f"failed: {slug}: {error}", file=sys.stderr)
        digests.keep()
        return found

    def _ports(self, slugs: Sequence[str]) -> dict[str, int]:
        before = {recipe.slug: recipe.renamed_from for recipe in self._recipes}
        kept = read_ports(self.output.path, [*slugs, *filter(None, before.values())])
        for slug, old in before.items():
            if old in kept:
                kept.setdefault(slug, kept[old])
        return assign(slugs, self._options.first_port, kept)
