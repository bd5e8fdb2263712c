"""What of a plugin's folder is sent to the engine for a build, and a digest of it.

The digest names what an image was built from: as a label, and as a second tag that a fresh machine
can ask a registry for. It is the same on every machine, whatever the umask of the checkout.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from stage7_plugin.host.engine import build_arguments
from stage7_plugin.host.view import HostView

SOURCE_LABEL = "dev.stage7.source"
"""The label of an image with the digest of what it was built from."""

_Patterns = list[tuple[bool, re.Pattern[str]]]


def source_digest(project: Path, view: HostView) -> str:
    """Return the digest of everything that a build of a plugin depends on, but for its base image.

    Args:
        project: The plugin's folder.
        view: Its manifest as the host reads it.

    Raises:
        OSError: A file cannot be read.
    """
    context = project / view.build_context
    found = hashlib.blake2b(json.dumps(build_arguments(view)).encode(), digest_size=16)
    for name in sorted(context_files(context, view.dockerfile)):
        path = f"{context}/{name}"
        if os.path.islink(path):  # noqa: PTH114, on the hot path
            found.update(f"\0{name}\0link\0{os.readlink(path)}".encode())  # noqa: PTH115
            continue
        with open(path, "rb") as file:  # noqa: PTH123
            content = file.read()
            executable = os.fstat(file.fileno()).st_mode & 0o100
        found.update(f"\0{name}\0{executable}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def source_state(project: Path, view: HostView) -> str:
    """Return what changes when the digest may: sizes and times of the same files, unread.

    Raises:
        OSError: A folder cannot be read.
    """
    context = project / view.build_context
    found = hashlib.blake2b(json.dumps(build_arguments(view)).encode(), digest_size=16)
    for name in sorted(context_files(context, view.dockerfile)):
        state = os.lstat(f"{context}/{name}")
        found.update(f"\0{name}\0{state.st_size}\0{state.st_mtime_ns}\0{state.st_mode}".encode())
    return found.hexdigest()


def source_image(view: HostView, digest: str) -> str:
    """Return the name by which a registry is asked for an image that was built from these files."""
    return f"{view.image.rpartition(':')[0]}:src-{digest}"


def context_files(context: Path, dockerfile: str) -> Iterator[str]:
    """Return the files and links that .dockerignore lets through, as paths with slashes.

    Source: Docker's reference of the .dockerignore file. Where a pattern with `!` readmits files,
    excluded folders are looked into; elsewhere they are not.
    """
    ignore = context / ".dockerignore"
    text = ignore.read_text("utf-8-sig") if ignore.is_file() else ""
    patterns = _patterns(text)
    always = (os.path.normpath(dockerfile).replace(os.sep, "/"), ".dockerignore")
    yield from _walk(str(context), "", patterns, always)


def _walk(folder: str, prefix: str, patterns: _Patterns, always: tuple[str, str]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            excluded = _excluded(name, patterns) and name not in always
            if entry.is_dir(follow_symlinks=False):
                if not excluded or len(patterns) > 1 or always[0].startswith(f"{name}/"):
                    yield from _walk(entry.path, f"{name}/", patterns, always)
            elif not excluded and (entry.is_symlink() or entry.is_file()):
                yield name


def _excluded(name: str, patterns: _Patterns) -> bool:
    excluded = False
    for readmits, pattern in patterns:
        if pattern.fullmatch(name):
            excluded = not readmits
    return excluded


@lru_cache(maxsize=16)
def _patterns(text: str) -> _Patterns:
    """The patterns of a .dockerignore; those in a row that do the same are one expression."""
    groups: list[tuple[bool, list[str]]] = []
    for line in text.splitlines():
        written = line.strip()
        if not written or line.startswith("#"):
            continue
        readmits = written.startswith("!")
        path = os.path.normpath(written.removeprefix("!").strip().lstrip("/")).replace(os.sep, "/")
        if path == ".":
            continue
        if not groups or groups[-1][0] != readmits:
            groups.append((readmits, []))
        groups[-1][1].append(_expression(path))
    # A pattern holds for what is below it too.
    return [
        (readmits, re.compile(f"(?:{'|'.join(each)})(?:/.*)?", re.S)) for readmits, each in groups
    ]


def _expression(path: str) -> str:
    """A pattern as Go's filepath.Match reads it, with ** for any number of folders."""
    found, rest = "", path
    while rest:
        if rest.startswith("**/"):
            found, rest = found + "(?:.*/)?", rest[3:]
        elif rest.startswith("**"):
            found, rest = found + ".*", rest[2:]
        elif rest[0] in "*?":
            found, rest = found + ("[^/]*" if rest[0] == "*" else "[^/]"), rest[1:]
        elif (match := re.match(r"\[(\^?)([^\]/\\]+)\]", rest)) is not None:
            inside = re.sub(r"([\[&~|])", r"\\\1", match[2])
            found, rest = found + f"[{match[1]}{inside}]", rest[match.end() :]
        elif rest[0] == "\\" and len(rest) > 1:
            found, rest = found + re.escape(rest[1]), rest[2:]
        else:
            found, rest = found + re.escape(rest[0]), rest[1:]
    return found
