"""What `wrap --again` does to a plugin's manifest, and to what follows from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError
from stage7_plugin.generate import sync
from stage7_plugin.spec import planner_texts
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.parameters import Prompt, parse_parameters
from stage7_plugin.spec.problems import format_problems
from stage7_plugin.wrap.laying_over import PLACES, as_answer, at_place, said_of_manifest
from stage7_plugin.wrap.model import Wrapping

KEYS: dict[Prompt, str] = {"inputs": "inputDefinitions", "outputs": "outputDefinitions"}
REQUEST = "examples/request.json"
Definitions = list[dict[str, Any]]


@dataclass
class Changes:
    """What happens to the files of a plugin.

    Attributes:
        texts: The new content by path; None for a file that goes.
        said: A line for each file about which there is something to say.
        conflicts: The files in which conflicts are marked.
        answers: Those that have changed in the manifest with the source.
        earlier: What they were.
        merged: What the source said of each file that was merged.
    """

    texts: dict[str, bytes | None] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)
    merged: dict[str, bytes] = field(default_factory=dict)


def follow_manifest(
    wrapping: Wrapping,
    answers: dict[str, Any],
    said: dict[str, Any] | None,
    folder: Path,
    changes: Changes,
) -> None:
    """Bring what has changed in a source into the manifest, the example request and the README.

    Args:
        wrapping: What the source says now.
        answers: Those on record.
        said: What the source said about the manifest before; None if that is not on record.
        folder: The plugin's.
        changes: Gets what is to be written and said.

    Raises:
        UserError: The manifest cannot be changed, or would have problems.
    """
    manifest = sync.read_manifest(folder)
    text = (folder / "manifest.json").read_text("utf-8")
    if said is not None:
        says = said_of_manifest(wrapping)
        usual = _generated(manifest)
        for key in _follow(manifest, {**usual, **said}, {**usual, **says}, "", changes):
            text = sync.replaced(text, key, manifest[key])
        for answer, place in PLACES.items():
            was, wanted = at_place(said, place), at_place(says, place)
            if None not in (was, wanted) and at_place(manifest, place) == wanted:
                changes.earlier[answer] = as_answer(answer, was)
                changes.answers[answer] = as_answer(answer, wanted)
    for prompt, key in KEYS.items():
        before = _definitions(prompt, answers[prompt])
        after = _definitions(prompt, wrapping.answers[prompt])
        manifest[key] = _combined(manifest[key], before, after, key, changes)
        text = sync.replaced(text, key, manifest[key])
    if problems := manifest_problems(manifest):
        raise UserError("\n  ".join(["manifest.json would have problems:", *problems]))
    text = sync.synced_manifest(text, manifest)
    written = json.loads(text)
    if any(written.get(key) != manifest[key] for key in KEYS.values()):
        raise UserError("manifest.json is not in the template's format; run: make sync")
    changes.texts["manifest.json"] = text.encode()
    request = changes.texts.get(REQUEST, _content(folder / REQUEST))
    if request is not None:  # lines of JSON are not merged: what the author shows stays
        changes.texts[REQUEST] = sync.synced_request(request.decode(), written).encode()
    readme = _content(folder / "README.md")
    if readme is not None:
        changes.texts["README.md"] = sync.synced_readme(readme.decode(), written).encode()


def _definitions(prompt: Prompt, answer: str) -> Definitions:
    parameters, problems = parse_parameters(prompt, answer)
    if problems:
        raise UserError(format_problems(problems))
    return [parameter.definition() for parameter in parameters]


def _combined(
    theirs: Definitions, before: Definitions, after: Definitions, key: str, changes: Changes
) -> Definitions:
    """Return the definitions of a manifest, where the author and the source have changed some."""
    mine, old, new = ({one["name"]: one for one in listed} for listed in (theirs, before, after))
    found = []
    for name in (*new, *(one for one in mine if one not in new)):
        kept, was, wanted = mine.get(name), old.get(name), new.get(name)
        if kept is None:
            if was is None and wanted is not None:
                found.append(wanted)
        elif kept == was:
            if wanted is not None:
                found.append(wanted)
        else:
            found.append(kept)
            if was is not None and wanted != was and kept != wanted:
                changes.said.append(
                    f"manifest.json: {key}: you and the source have changed {name}; yours is kept"
                )
    return found


def _follow(theirs: dict[str, Any], old: Any, new: Any, at: str, changes: Changes) -> list[str]:
    """Change what the source has changed and the author has not; return the keys with changes."""
    changed = []
    for key in dict.fromkeys((*old, *new)):
        was, wanted, path = old.get(key), new.get(key), f"{at}.{key}".lstrip(".")
        kept = theirs.get(key)
        if was == wanted or kept == wanted:
            continue
        if all(isinstance(one, dict) for one in (kept, was or {}, wanted or {})):
            if _follow(theirs[key], was or {}, wanted or {}, path, changes):
                changed.append(key)
        elif kept != was or (wanted is None and not at):
            changes.said.append(
                f"manifest.json: you and the source have changed {path}; yours is kept"
            )
        else:
            if wanted is None:
                del theirs[key]
            else:
                theirs[key] = wanted
            changed.append(key)
    return changed


def _generated(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the texts for the planner that the template itself writes."""
    inputs, outputs = sync.parameters(manifest)
    name, verb, text = (
        manifest.get("name", manifest["id"]),
        manifest["verb"],
        manifest["description"],
    )
    return {
        "explanation": planner_texts.explanation(name, verb, text),
        "semanticDescription": planner_texts.semantic_description(text, inputs, outputs),
        "usageExamples": [planner_texts.usage_example(verb, inputs, outputs)],
        "inputGuidance": planner_texts.input_guidance(inputs),
    }


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
