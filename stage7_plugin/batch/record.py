"""What this command wrote as one plugin, with the text from which an author's edits began.

A three-way merge needs that text. What names the plugin, a few files, is kept in its record; what
plugins have in common is kept once, in `.stage7-batch/bases`. That is about 8 kB for each plugin.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stage7_plugin.batch.safe_files import digest, read_regular, write_whole

_TEXTS = ("template", "rendered", "source", "base")
_MOST_BYTES = 64 << 20  # of what a record unpacks to; it may come from a stranger


@dataclass(frozen=True, slots=True)
class Record:
    """What this command wrote as one plugin.

    Attributes:
        recipe: Digest of what the batch file says.
        template: Digest of the template.
        rendered: Digest of what came of both, whatever the template's commit.
        files: Digest of each file, by its path with slashes.
        defaults: Answers that the batch file does not give, and that stay as they are.
        source: The batch file, as seen from the output folder.
        base: The texts of files that name the plugin, packed.
        conflicts: The files in which an update left conflicts.
        orphaned: Whether its batch file names it no longer.
    """

    recipe: str
    template: str
    rendered: str
    files: dict[str, str]
    defaults: dict[str, str] = field(default_factory=dict)
    source: str = ""
    base: str = ""
    conflicts: tuple[str, ...] = ()
    orphaned: bool = False

    def encode(self) -> bytes:
        """The text of its file."""
        return json.dumps(asdict(self)).encode()


def decode(content: bytes) -> Record | None:
    """Read the text of a record; None if it is none."""
    try:
        found = json.loads(content)
        texts = {key: str(found.get(key, "")) for key in _TEXTS}
        files = {str(path): str(written) for path, written in found["files"].items()}
        defaults = {str(k): str(v) for k, v in found.get("defaults", {}).items()}
        conflicts = tuple(path for path in found.get("conflicts", ()) if path in files)
        record = Record(
            str(found["recipe"]),
            files=files,
            defaults=defaults,
            conflicts=conflicts,
            orphaned=found.get("orphaned") is True,
            **texts,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return record if all(map(_is_inside, record.files)) else None


class Bases:
    """The texts that were written, to merge from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()

    def keep(self, slug: str, contents: Mapping[str, bytes], digests: Mapping[str, str]) -> str:
        """Keep the texts of a plugin; returns what its record holds of them. Raises OSError."""
        own = {}
        for path, content in contents.items():
            if slug.encode() in content:
                own[path] = content.decode("latin-1")  # every byte as it is
            elif digests[path] not in self._known:
                if not (self._folder / digests[path]).exists():
                    write_whole(self._folder / digests[path], content)
                self._known.add(digests[path])
        return base64.b85encode(zlib.compress(json.dumps(own, sort_keys=True).encode())).decode()

    def read(self, record: Record, path: str) -> bytes | None:
        """The text that was written as a file; None if it is no longer known."""
        wanted = record.files.get(path)
        content = _unpacked(record).get(path)
        if content is None and wanted and wanted.isalnum():
            content = read_regular(self._folder / wanted)
        return content if content is not None and digest(content) == wanted else None

    def prune(self, digests: Collection[str]) -> None:
        """Remove every text but those of the files with these digests. Raises OSError."""
        for path in self._folder.iterdir():
            if path.name not in digests:
                path.unlink()
        self._known.clear()


def _unpacked(record: Record) -> dict[str, bytes]:
    try:
        text = zlib.decompressobj().decompress(base64.b85decode(record.base), _MOST_BYTES)
        return {path: str(own).encode("latin-1") for path, own in json.loads(text).items()}
    except (ValueError, zlib.error, AttributeError):
        return {}


def _is_inside(path: str) -> bool:
    """Whether a path of a record stays in the plugin's folder."""
    return not (path.startswith("/") or ".." in path or "\\" in path or ":" in path)
