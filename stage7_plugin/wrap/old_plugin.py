"""A plugin made by hand while it is read: notes, files to take over, digests of its own."""

from __future__ import annotations

import re
from pathlib import Path

from stage7_plugin.dev.json_places import line_of_path
from stage7_plugin.rendering.entries import SOURCES
from stage7_plugin.rendering.template_folder import template_folder
from stage7_plugin.wrap.model import CannotWrap, Note, What, digest_of
from stage7_plugin.wrap.old_files import read_inside, read_text

_HEADER = re.compile(r"(?:#.*\n)*")


class OldPlugin:
    """One plugin while it is read.

    Attributes:
        folder: The source.
        files: What goes into the rendered plugin.
        sources: The digest of each file that was read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, bytes] = {}
        self.sources: dict[str, str] = {}
        self._notes: list[Note] = []
        self.manifest_text = self.text("manifest.json", '{"id": "text-echo", "verb": "TEXT_ECHO"}')

    def notes(self) -> list[Note]:
        """Return every note once, by file and line."""
        listed = dict.fromkeys(self._notes)
        return sorted(listed, key=lambda note: (note.path, note.line or 0))

    def tell(self, path: str, line: int | None, text: str, kind: str) -> None:
        """Add a note."""
        what: What = kind  # type: ignore[assignment]
        self._notes.append(Note(path, line or None, text, what))

    def tell_manifest(self, where: str, text: str, kind: str) -> None:
        """Add a note on manifest.json.

        Args:
            where: The value, such as `container.ports`; what is not there has its holder's line.
            text: What became of it.
            kind: taken, changed or dropped.
        """
        self.tell("manifest.json", line_of_path(self.manifest_text, where), text, kind)

    def bytes(self, name: str) -> bytes:
        """Read a file of the source. Raises CannotWrap if it leads outside, or is unreadable."""
        content = read_inside(self.folder, name)
        self.sources[name] = digest_of(content)
        return content

    def text(self, name: str, example: str) -> str:
        """Read a text that has to be there. Raises CannotWrap, also if it is not UTF-8."""
        if not (self.folder / name).exists() and not (self.folder / name).is_symlink():
            raise CannotWrap(name, None, "there is no such file", f"{name} in the folder", example)
        text = read_text(self.folder, name)
        self.sources[name] = digest_of(read_inside(self.folder, name))
        return text

    def header(self, name: str) -> str:
        """Return the comment with which the template's file begins."""
        path = template_folder() / SOURCES / "python" / name
        found = _HEADER.match(path.read_text("utf-8"))
        return found[0] if found else ""
