"""`stage7-plugin wrap --again`: the source has moved on, and the author's changes stay.

Every file is worked out before the first is written. Where both have changed one, the text that was
written last time is needed to merge them: git has it, as soon as the plugin was committed once.
What was merged was never written as the source had it, so the record keeps that text, compressed.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError
from stage7_plugin.generate.merge import merge
from stage7_plugin.rendering import escaping, git_facts
from stage7_plugin.rendering.entries import SOURCES
from stage7_plugin.rendering.template_folder import template_folder
from stage7_plugin.wrap.again_manifest import KEYS, REQUEST, Changes, follow_manifest
from stage7_plugin.wrap.laying_over import RECORD, record
from stage7_plugin.wrap.lint import PYPROJECT, left_alone, without_lint
from stage7_plugin.wrap.model import Wrapping, digest_of
from stage7_plugin.wrap.readers import read_source
from stage7_plugin.wrap.rendering import render_plugin

_LINK = ".cruft.json"
# What an empty list of packages says in the template: a plugin needs the files.
_LISTS = ("requirements.in", "system-packages.txt")


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
    before = document["wrapped"]
    _files(wrapping, before, folder, changes)
    follow_manifest(wrapping, document["answers"], before.get("manifest"), folder, changes)
    _lint(wrapping, before["files"], folder, changes)
    answers: dict[str, str] = {key: wrapping.answers[key] for key in KEYS}
    if "description" in changes.answers:  # and not the user's, given when it was wrapped
        answers["description"] = changes.answers["description"]
    _rendered(document["answers"], folder, changes)
    document["answers"] |= answers
    _link(answers, folder, changes)
    document["wrapped"] = record(wrapping, folder)
    if changes.merged:
        texts = {path: _packed(text) for path, text in sorted(changes.merged.items())}
        document["wrapped"]["texts"] = texts
    changes.texts[RECORD] = (escaping.json(document, indent=2) + "\n").encode()
    for line in (*map(str, wrapping.notes), *changes.said):
        print(line)
    changed = [path for path, text in changes.texts.items() if text != _content(folder / path)]
    for path in sorted(changed):
        print(f"{path}: {'would change' if check else 'changed'}")
        if not check:
            _write(folder / path, changes.texts[path], path in wrapping.executable)
    if not changed:
        print("Nothing changes.")
    if changes.conflicts:
        print(f"Resolve the conflicts that are marked in {', '.join(changes.conflicts)}.")
    return int(bool(changes.conflicts))


def _document(folder: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
        wrapped = document["wrapped"]
        assert isinstance(wrapped["files"], dict)
        assert {*document["answers"]} >= {*KEYS}
        str(wrapped["kind"] + wrapped["source"])
        for text in wrapped.get("texts", {}).values():
            _unpacked(text)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError,
            zlib.error) as error:  # fmt: skip
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
            f"the source on record, {source}, does not exist: name it, as in "
            f"stage7-plugin wrap SOURCE --again {folder}"
        )
    return f"{place}{colon}{name}" if colon and place != folder / source else str(place)


def _files(wrapping: Wrapping, record: dict[str, Any], folder: Path, changes: Changes) -> None:
    before: dict[str, str] = record["files"]
    texts = {path: _unpacked(text) for path, text in record.get("texts", {}).items()}
    for path in sorted({*before, *wrapping.files}):
        old, new, theirs = before.get(path), wrapping.files.get(path), _content(folder / path)
        found = digest_of(theirs) if theirs is not None else None
        if theirs is None:
            if old is None:
                changes.texts[path] = new
            elif new is not None:
                changes.said.append(f"{path}: you removed it, so it stays removed")
        elif new is None:
            if found == old:
                changes.texts[path] = _as_rendered(path)
            else:
                changes.said.append(f"{path}: the source no longer has it; yours is kept")
        elif found == old:
            changes.texts[path] = new
        elif path != REQUEST and theirs != new and digest_of(new) != old:
            base = texts.get(path) or (_blob(folder, old) if old else _as_rendered(path))
            _merged(path, theirs, new, base, changes)
        if new is not None and digest_of(new) == old and path in texts:
            changes.merged[path] = texts[path]


def _merged(
    path: str,
    theirs: bytes,
    new: bytes,
    base: bytes | None,
    changes: Changes,
    origin: str = "source",
) -> None:
    if base is None:
        raise UserError(
            f"you and the source have changed {path}, and git does not have the text that "
            "was written before, so they cannot be merged: move your file away, run this again, "
            "and bring your changes back"
        )
    if theirs == base:
        changes.texts[path] = new
        return
    with tempfile.TemporaryDirectory() as scratch:
        text, conflict = merge(theirs, base, new, Path(scratch), origin)
    changes.texts[path] = text
    if origin == "source":
        changes.merged[path] = new
    if conflict:
        changes.conflicts.append(path)
    else:
        changes.said.append(f"{path}: merged with your changes")


def _packed(text: bytes) -> str:
    return base64.b64encode(zlib.compress(text)).decode()


def _rendered(answers: dict[str, Any], folder: Path, changes: Changes) -> None:
    """Bring what the manifest has changed to into the other files that say it, as compose.yaml.

    The answers on record stay: cruft sees this as an edit by the author.
    """
    if changes.answers == changes.earlier:
        return
    with tempfile.TemporaryDirectory() as scratch:
        old, _ = render_plugin({**answers, **changes.earlier}, Path(scratch) / "old")
        new, _ = render_plugin({**answers, **changes.answers}, Path(scratch) / "new")
        for file in (path for path in new.rglob("*") if path.is_file()):
            path = file.relative_to(new).as_posix()
            base, text, theirs = _content(old / path), file.read_bytes(), _content(folder / path)
            if path in (*changes.texts, RECORD) or None in (base, theirs) or base == text:
                continue
            _merged(path, theirs or b"", text, base, changes, "template")


def _link(answers: dict[str, str], folder: Path, changes: Changes) -> None:
    """Let cruft render with the same answers from now on, if the plugin is linked."""
    text = _content(folder / _LINK)
    if text is None:
        return
    try:
        document = json.loads(text)
        document["context"]["cookiecutter"].update(answers)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{folder / _LINK} is not in cruft's format: run make link") from error
    changes.texts[_LINK] = (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def _as_rendered(path: str) -> bytes | None:
    """Return what the template itself says in a list of packages; None for another file."""
    if path not in _LISTS:
        return None
    return (template_folder() / SOURCES / "python" / path).read_bytes()


def _lint(wrapping: Wrapping, before: dict[str, str], folder: Path, changes: Changes) -> None:
    """Let lint leave alone what has come; the author may have taken out what was there."""
    text = _content(folder / PYPROJECT)
    if text is not None:
        names = [one for one in left_alone(wrapping.unlinted) if one not in left_alone(before)]
        changes.texts[PYPROJECT] = without_lint(text.decode(), names).encode()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(path: Path, content: bytes | None, executable: bool) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if executable:
        path.chmod(path.stat().st_mode | 0o111)


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
