"""Versions of a fleet: a plugin keeps the one that it has reached, and `--release` moves many.

The batch file says with which version a plugin begins. After that its manifest counts, because
`make release` moves that one. Commits, tags and notes are left to the tools of a repository.
"""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

from stage7_plugin.batch.authors_files import Refused
from stage7_plugin.batch.safe_files import read_regular

PARTS = ("major", "minor", "patch")
_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
_UNRELEASED = "## Unreleased\n"
_HOST_IMAGE = "host-image/Dockerfile"


def reached(folder: Path, version: str) -> str:
    """Return the version of the manifest in a plugin's folder where it is the higher one."""
    try:
        found = json.loads(read_regular(folder / "manifest.json") or b"{}").get("version")
    except (ValueError, AttributeError, RecursionError):
        return version
    if not isinstance(found, str) or not _VERSION.fullmatch(found):
        return version
    return max(found, version, key=_numbers)


def next_version(version: str, part: str) -> str:
    """Return the version after a release of that part: the minor one of 1.2.3 is 1.3.0."""
    numbers = _numbers(version)
    at = PARTS.index(part)
    return ".".join(map(str, [*numbers[:at], numbers[at] + 1, *[0] * (2 - at)]))


def move(target: Path, folder: Path, before: str, version: str, note: str) -> None:
    """Move the version in the author's files of a plugin that is being written.

    Args:
        target: The plugin as it is.
        folder: Where it is being written, with the author's files.
        before: The version that it had.
        version: The new one.
        note: A line for the changelog; empty for none.

    Raises:
        Refused: Nothing is there to release, or a file does not have what is to be moved.
    """
    if (target / _HOST_IMAGE).exists():
        raise Refused(
            f"{_HOST_IMAGE} names the image of {before}: release only this plugin with "
            f"make release VERSION={version} PUSH=image"
        )
    manifest = _text(folder / "manifest.json")
    image = str(json.loads(manifest).get("container", {}).get("image", ""))
    for old, new in (
        (f'"version": "{before}"', f'"version": "{version}"'),
        (f'"image": "{image}"', f'"image": "{image.rpartition(":")[0]}:{version}"'),
    ):
        if new not in manifest:
            if old not in manifest:
                raise Refused(f"manifest.json does not have {old}")
            manifest = manifest.replace(old, new, 1)
    (folder / "manifest.json").write_text(manifest, "utf-8", newline="\n")
    changelog = _new_section(_text(folder / "CHANGELOG.md"), version, note)
    (folder / "CHANGELOG.md").write_text(changelog, "utf-8", newline="\n")


def _new_section(text: str, version: str, note: str) -> str:
    """The changelog with what was unreleased, and the note, under the version and today's date."""
    head, found, rest = text.partition(_UNRELEASED)
    if not found:
        raise Refused(f"CHANGELOG.md has no line `{_UNRELEASED.strip()}`")
    next_section = re.search(r"(?m)^## ", rest)
    at = next_section.start() if next_section else len(rest)
    unreleased, released = rest[:at], rest[at:]
    written = [part for part in (unreleased.strip(), f"- {note}" if note else "") if part]
    if not written:
        raise Refused(
            f"nothing is under `{_UNRELEASED.strip()}` in CHANGELOG.md: write there what has "
            "changed, or give one line for all with --note"
        )
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    section = "\n\n".join([f"## {version} - {today}", *written])
    return f"{head}{found}\n{section}\n" + (f"\n{released}" if released else "")


def _text(path: Path) -> str:
    content = read_regular(path)
    if content is None:
        raise Refused(f"there is no {path.name} to move the version in")
    return content.decode("utf-8")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
