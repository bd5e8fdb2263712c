"""`stage7-plugin wrap --again`: the source has moved on, and the author's changes stay.

Every file is worked out before the first is written. Where both have changed one, the text that was
written last time is needed to merge them: git has it, as soon as the plugin was committed once.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError
from stage7_plugin.generate import sync
from stage7_plugin.generate.merge import merge
from stage7_plugin.rendering import escaping, git_facts
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.parameters import Prompt, parse_parameters
from stage7_plugin.spec.problems import format_problems
from stage7_plugin.wrap.laying_over import RECORD, record
from stage7_plugin.wrap.model import Wrapping, digest_of
from stage7_plugin.wrap.readers import read_source

_KEYS: dict[Prompt, str] = {"inputs": "inputDefinitions", "outputs": "outputDefinitions"}
_REQUEST = "examples/request.json"
_LINK = ".cruft.json"
Definitions = list[dict[str, Any]]


@dataclass
class Changes:
    """What happens to the files of a plugin.

    Attributes:
        texts: The new content by path; None for a file that goes.
        said: A line for each file about which there is something to say.
        conflicts: The files in which conflicts are marked.
    """

    texts: dict[str, bytes | None] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def wrap_again(source: str, folder: Path, *, check: bool, execute: bool) -> int:
    """Bring what has changed in a source into the plugin that was made around it.

    Args:
        source: The source; "" for the one on record.
        folder: The plugin's.
        check: Write nothing.
        execute: The source may be imported.

    Returns:
        0 it was done, or with `check` would be; 1 conflicts are marked in files.

    Raises:
        UserError: Nothing was changed; the text says why.
    """
    document = _document(folder)
    kind = document["wrapped"]["kind"]
    wrapping = read_source(source or _recorded(document, folder), kind, execute=execute)
    changes = Changes()
    _files(wrapping, document["wrapped"]["files"], folder, changes)
    _manifest(wrapping, document["answers"], folder, changes)
    answers = {
        key: wrapping.answers[key] for key in (*_KEYS, "description") if key in wrapping.answers
    }
    document["answers"] |= answers
    _link(answers, folder, changes)
    document["wrapped"] = record(wrapping, folder)
    changes.texts[RECORD] = (escaping.json(document, indent=2) + "\n").encode()
    for line in (*map(str, wrapping.notes), *changes.said):
        print(line)
    changed = [path for path, text in changes.texts.items() if text != _content(folder / path)]
    for path in sorted(changed):
        print(f"{path}: {'would change' if check else 'changed'}")
        if not check:
            _write(folder / path, changes.texts[path])
    if not changed:
        print("Nothing changes.")
    if changes.conflicts:
        print(f"Resolve what is marked in {', '.join(changes.conflicts)}.")
    return int(bool(changes.conflicts))


def _document(folder: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
        wrapped = document["wrapped"]
        assert isinstance(wrapped["files"], dict)
        assert {*document["answers"]} >= {*_KEYS}
        str(wrapped["kind"] + wrapped["source"])
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise UserError(
            f"{folder / RECORD} does not say what the plugin was wrapped from; --again takes the "
            "folder of a plugin that `stage7-plugin wrap` made"
        ) from error
    return document


def _recorded(document: dict[str, Any], folder: Path) -> str:
    source: str = document["wrapped"]["source"]
    path, colon, name = source.rpartition(":")
    place = folder / (path if colon and not (folder / source).exists() else source)
    if not place.exists():
        raise UserError(
            f"the source on record, {source}, is not there: name it, as in "
            f"stage7-plugin wrap SOURCE --again {folder}"
        )
    return f"{place}{colon}{name}" if colon and place != folder / source else str(place)


def _files(wrapping: Wrapping, before: dict[str, str], folder: Path, changes: Changes) -> None:
    for path in sorted({*before, *wrapping.files}):
        old, new, theirs = before.get(path), wrapping.files.get(path), _content(folder / path)
        found = digest_of(theirs) if theirs is not None else None
        if theirs is None:
            if old is None:
                changes.texts[path] = new
            elif new is not None:
                changes.said.append(f"{path}: you removed it, and it stays away")
        elif new is None:
            if found == old:
                changes.texts[path] = None
            else:
                changes.said.append(f"{path}: the source has it no longer; yours stays")
        elif found == old:
            changes.texts[path] = new
        elif path != _REQUEST and theirs != new and digest_of(new) != old:
            _merged(path, theirs, new, old, folder, changes)


def _merged(
    path: str, theirs: bytes, new: bytes, old: str | None, folder: Path, changes: Changes
) -> None:
    base = _blob(folder, old) if old else None
    if base is None:
        raise UserError(
            f"you and the source have changed {path}, and git does not know the text that was "
            "written before, so they cannot be merged: move your file away, run this again, and "
            "bring your changes back"
        )
    with tempfile.TemporaryDirectory() as scratch:
        text, conflict = merge(theirs, base, new, Path(scratch), "source")
    changes.texts[path] = text
    if conflict:
        changes.conflicts.append(path)
    else:
        changes.said.append(f"{path}: merged with your changes")


def _manifest(wrapping: Wrapping, answers: dict[str, Any], folder: Path, changes: Changes) -> None:
    manifest = sync.read_manifest(folder)
    text = (folder / "manifest.json").read_text("utf-8")
    for prompt, key in _KEYS.items():
        before = _definitions(prompt, answers[prompt])
        after = _definitions(prompt, wrapping.answers[prompt])
        manifest[key] = _combined(manifest[key], before, after, key, changes)
        text = sync.replaced(text, key, manifest[key])
    old, new = answers.get("description"), wrapping.answers.get("description")
    if new and manifest["description"] == old:
        manifest["description"] = new
        text = sync.replaced(text, "description", new)
    if problems := manifest_problems(manifest):
        raise UserError("\n  ".join(["manifest.json would have problems:", *problems]))
    text = sync.synced_manifest(text, manifest)
    written = json.loads(text)
    if any(written.get(key) != manifest[key] for key in _KEYS.values()):
        raise UserError("manifest.json is not formatted as the template does it; run: make sync")
    changes.texts["manifest.json"] = text.encode()
    request = changes.texts.get(_REQUEST, _content(folder / _REQUEST))
    if request is not None:  # lines of JSON are not merged: what the author shows stays
        changes.texts[_REQUEST] = sync.synced_request(request.decode(), written).encode()
    readme = _content(folder / "README.md")
    if readme is not None:
        changes.texts["README.md"] = sync.synced_readme(readme.decode(), written).encode()


def _link(answers: dict[str, str], folder: Path, changes: Changes) -> None:
    """Let cruft render with the same answers from now on, if the plugin is linked."""
    text = _content(folder / _LINK)
    if text is None:
        return
    try:
        document = json.loads(text)
        document["context"]["cookiecutter"].update(answers)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{folder / _LINK} is not as cruft writes it: run make link") from error
    changes.texts[_LINK] = (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


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
                    f"manifest.json: {key}: you and the source have changed {name}; yours stays"
                )
    return found


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _blob(folder: Path, digest: str) -> bytes | None:
    """Return what git keeps under an id; None if it does not, or is not there."""
    try:
        done = subprocess.run(
            ["git", "cat-file", "blob", digest],
            cwd=folder,
            env=git_facts.environment(),
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and digest_of(done.stdout) == digest else None
