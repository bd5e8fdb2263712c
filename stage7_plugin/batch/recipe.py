"""One plugin as it is to be made: its answers, checked, and what is laid over the stub."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from stage7_plugin.batch.ownership import Ownership
from stage7_plugin.spec.plugin_spec import PluginSpec
from stage7_plugin.wrap.laying_over import laid_over
from stage7_plugin.wrap.model import Wrapping


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a plugin is made from.

    Attributes:
        line: Where the batch file describes it.
        spec: The plugin.
        requirements: Lines to add to requirements.in.
        logic: A file to take the place of the stub, if any.
        lock: A file to take the place of requirements.txt, if any.
        ownership: Whose the plugin is; no rendered file says so.
        given: The answers that the file gives, by prompt; None for all.
        source: The batch file, as seen from the output folder.
        file: The batch file as the user named it, if there are several.
        renamed_from: The slug that the plugin had before, if any.
        moved: Whether this run has moved it from there.
        wrapping: What the plugin is made around, if anything.
    """

    line: int
    spec: PluginSpec
    requirements: tuple[str, ...] = ()
    logic: Path | None = None
    lock: Path | None = None
    ownership: Ownership = field(default_factory=Ownership)
    given: frozenset[str] | None = None
    source: str = ""
    file: str = ""
    renamed_from: str = ""
    moved: bool = False
    wrapping: Wrapping | None = None

    @property
    def slug(self) -> str:
        """The plugin's id and the name of its folder."""
        return self.spec.slug

    @property
    def remarks(self) -> list[str]:
        """What could not be taken over as it is from what the plugin is made around."""
        notes = self.wrapping.notes if self.wrapping else []
        return [str(note) for note in notes if note.kind != "taken"]

    @property
    def digest(self) -> str:
        """Of everything that the rendered files depend on besides the template.

        Raises:
            OSError: The logic or the lock cannot be read.
        """
        listed = json.dumps([dict(self.spec.answers), self.requirements], sort_keys=True)
        digest = hashlib.blake2b(listed.encode(), digest_size=16)
        for path in (self.logic, self.lock):
            digest.update(b"\0" + (path.read_bytes() if path else b""))
        if self.wrapping:
            digest.update(self.wrapping.digest.encode())
        return digest.hexdigest()

    def laid_over(self, path: str, content: bytes, folder: Path) -> bytes:
        """The content of a rendered file with what the batch file brings along.

        Args:
            path: The file, as seen from the plugin's folder.
            content: As it was rendered.
            folder: The plugin's folder.

        Raises:
            OSError: The logic or the lock cannot be read.
        """
        instead = {self.spec.logic: self.logic, "requirements.txt": self.lock}.get(path)
        if instead:
            return instead.read_bytes()
        if self.wrapping:
            content = laid_over(self.wrapping, path, content, folder)
        if path == "requirements.in":
            return content + "".join(f"{line}\n" for line in self.requirements).encode()
        return content
