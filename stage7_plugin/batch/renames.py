"""Plugins that have got another slug: folder, record and port move with them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from stage7_plugin.batch.entries import Located
from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.spec.problems import Problem

_KEY = "renamed_from"
_EXAMPLE = "renamed_from: text-echo"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_renamed_from(value: Any) -> tuple[str, list[Problem]]:
    """The slug that a plugin had, or why there is none."""
    if isinstance(value, str) and len(value) <= 100 and _SLUG.fullmatch(value):
        return value, []
    return "", [Problem(_KEY, value, "must be the slug that the plugin had", _EXAMPLE)]


def rename_problems(recipes: Sequence[Recipe]) -> list[Located]:
    """Why plugins cannot have come from where they say."""
    slugs = {recipe.slug: recipe for recipe in recipes}
    taken: dict[str, Recipe] = {}
    found = []
    for recipe in recipes:
        old = recipe.renamed_from
        if not old:
            continue
        other = slugs.get(old) or taken.setdefault(old, recipe)
        if other is not recipe or old == recipe.slug:
            rule = f"must be a slug that no other plugin has or had; see line {other.line}"
            problem = Problem(_KEY, old, rule, _EXAMPLE)
            found.append(Located(recipe.line, recipe.spec.name, problem, recipe.file))
    return found


def move_renamed(recipes: Sequence[Recipe], output: OutputFolder, ours: set[str]) -> list[Recipe]:
    """Move the folder and the record of each plugin that is still under its old slug.

    A run that is killed in between has copied the record at most; the next one moves the folder.

    Args:
        recipes: The plugins.
        output: Where they are.
        ours: The batch files of this run; plugins of others stay.

    Returns:
        The plugins; those that were moved are marked.

    Raises:
        OSError: A folder cannot be moved.
    """
    done = []
    for recipe in recipes:
        old, record = recipe.renamed_from, None
        if old:
            record = output.read_record(old)
        if record and record.source in {"", *ours}:
            before, now = output.plugin(old), output.plugin(recipe.slug)
            if before.is_dir() and not before.is_symlink() and not os.path.lexists(now):
                output.write_record(recipe.slug, record)
                before.rename(now)
                recipe = replace(recipe, moved=True)
            if not os.path.lexists(before):
                output.forget(old)
        done.append(recipe)
    return done
