"""The batch files of one run: read, checked together, and one fleet in the end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stage7_plugin.batch.check import check_fleet
from stage7_plugin.batch.duplicates import Names
from stage7_plugin.batch.entries import Located
from stage7_plugin.batch.reading import read_fleet
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.renames import rename_problems
from stage7_plugin.batch.template import PluginTemplate


def read_sources(
    sources: Sequence[str],
    form: str | None,
    defaults: str | None,
    output: Path,
    first_port: int,
    template: PluginTemplate,
) -> tuple[list[Recipe], list[Located]]:
    """The plugins of all batch files, and every problem of them.

    Args:
        sources: The files as the user named them, - for standard input.
        form: Their format, if their names do not tell.
        defaults: A file with defaults for all of them.
        output: The output folder.
        first_port: The host port of the first plugin; the others follow.
        template: Whose prompts are asked.
    """
    recipes: list[Recipe] = []
    located: list[Located] = []
    names = Names()
    for source in sources:
        fleet = read_fleet(source, form, defaults)
        base = Path.cwd() if source == "-" else Path(source).parent
        file = source if len(sources) > 1 else ""
        found, problems = check_fleet(fleet, template, base, first_port + len(recipes), names, file)
        seen = from_output(source, output)
        recipes += [replace(recipe, source=seen, file=file) for recipe in found]
        if source != sources[0]:  # the file of --defaults has been reported once
            problems = [problem for problem in problems if not problem.file]
        located += [replace(problem, file=problem.file or file) for problem in problems]
    located += rename_problems(recipes)
    return ([] if located else recipes), located


def from_output(source: str, output: Path) -> str:
    """A batch file as seen from the output folder, the same on every machine."""
    if source == "-":
        return source
    try:
        return Path(os.path.relpath(Path(source).resolve(), output.resolve())).as_posix()
    except ValueError:  # Windows: on another drive
        return Path(source).name
