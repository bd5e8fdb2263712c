"""A rendered plugin with what was wrapped: the author's files, the manifest, the record."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from stage7_plugin.rendering import escaping
from stage7_plugin.wrap.lint import PYPROJECT, left_alone, without_lint
from stage7_plugin.wrap.model import Wrapping, digest_of

RECORD = ".stage7-template.json"
PLACES: dict[str, tuple[str, ...]] = {
    "memory": ("container", "resources", "memory"),
    "cpu": ("container", "resources", "cpu"),
    "timeout_seconds": ("api", "timeout"),
    "permissions": ("security", "permissions"),
    "description": ("description",),
}
"""Answers that a source gives, and where the manifest has them."""


def laid_over(wrapping: Wrapping, path: str, content: bytes, folder: Path) -> bytes:
    """Return the content that a rendered file has in the plugin.

    Args:
        wrapping: What was wrapped.
        path: The file, as seen from the plugin's folder.
        content: As it was rendered.
        folder: The plugin's folder, from which the record names the source.
    """
    if path == "manifest.json" and wrapping.manifest:
        merged = _merged(json.loads(content), wrapping.manifest)
        return (escaping.json(merged, indent=2) + "\n").encode()
    if path == RECORD:
        document = {**json.loads(content), "wrapped": record(wrapping, folder)}
        return (escaping.json(document, indent=2) + "\n").encode()
    if path == PYPROJECT and path not in wrapping.files:
        return without_lint(content.decode(), left_alone(wrapping.unlinted)).encode()
    return wrapping.files.get(path, content)


def added(wrapping: Wrapping, rendered: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the files that the plugin has besides the rendered ones."""
    for path, content in sorted(wrapping.files.items()):
        assert ".." not in PurePosixPath(path).parts, path
        if path not in rendered:
            yield path, content


def write_over(wrapping: Wrapping, staged: Path, folder: Path) -> None:
    """Write what was wrapped into a rendered plugin.

    Args:
        wrapping: What was wrapped.
        staged: Where the plugin is now.
        folder: Where it will be.

    Raises:
        OSError: A file cannot be written.
    """
    for path in {*wrapping.files, "manifest.json", RECORD, PYPROJECT}:
        target = staged / path
        before = target.read_bytes() if target.is_file() else b""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(laid_over(wrapping, path, before, folder))
        if path in wrapping.executable:
            target.chmod(target.stat().st_mode | 0o111)


def record(wrapping: Wrapping, folder: Path) -> dict[str, Any]:
    """Return what .stage7-template.json says about the source.

    Returns:
        `kind`; `source`; `sources` and `files`, the digests of what was read and of what was
        written, by path; `manifest`, what the source says about it besides inputs and outputs, if
        it does. Digests are those of git.
    """
    said = said_of_manifest(wrapping)
    return {
        "kind": wrapping.kind,
        "source": seen_from(wrapping.source, folder),
        "sources": dict(sorted(wrapping.sources.items())),
        "files": {path: digest_of(text) for path, text in sorted(wrapping.files.items())},
        **({"manifest": said} if said else {}),
    }


def said_of_manifest(wrapping: Wrapping) -> dict[str, Any]:
    """Return what a source says about the manifest, but for its texts, inputs and outputs."""
    found: dict[str, Any] = {}
    for answer, path in PLACES.items():
        if answer in wrapping.answers:
            text = wrapping.answers[answer]
            value: Any = text
            if answer == "timeout_seconds":
                value = int(text) * 1000
            elif answer == "permissions":
                value = [name.strip() for name in text.split(",") if name.strip()]
            for key in reversed(path):
                value = {key: value}
            found = _merged(found, value)
    return _merged(found, wrapping.manifest or {})


def at_place(document: Any, place: tuple[str, ...]) -> Any:
    """Return what a manifest has in a place; None for nothing."""
    for key in place:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def as_answer(answer: str, value: Any) -> str:
    """Return a value of the manifest as the answer to its prompt."""
    if answer == "timeout_seconds":
        return str(value // 1000)
    return ", ".join(value) if answer == "permissions" else str(value)


def seen_from(source: str, folder: Path) -> str:
    """Return a source as seen from the plugin's folder.

    Where they have nothing in common but the machine, only the name is kept: a path of this machine
    means nothing to anybody else.
    """
    path, colon, name = source.rpartition(":") if not Path(source).exists() else (source, "", "")
    try:
        common = Path(os.path.commonpath([Path(path).resolve(), folder.resolve()]))
        relative = Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix()
    except ValueError:  # Windows: on another drive
        return Path(path).name + colon + name
    if common in (Path(common.anchor), Path.home(), Path.home().parent):
        relative = Path(path).name
    return relative + colon + name


def _merged(document: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the keys of another: objects are merged, the rest is replaced."""
    found = dict(document)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = _merged(found[key], value) if both else value
    return found
