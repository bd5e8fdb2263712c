"""What a reader makes of a source, and how it says that a source cannot be wrapped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stage7_plugin.errors import UserError

Kind = Literal["function", "container", "host-plugin"]
What = Literal["taken", "changed", "dropped", "kept aside"]


class CannotWrap(UserError):
    """A source cannot be wrapped; the text says where, what was expected, and an example.

    Attributes:
        path: The file, as people should see it.
        line: From 1; None for the whole file.
        found: What is there, or is missing.
        expected: The rule.
        example: What would be accepted; may be empty.
    """

    def __init__(
        self, path: str, line: int | None, found: str, expected: str, example: str = ""
    ) -> None:
        self.path, self.line, self.found = path, line, found
        self.expected, self.example = expected, example
        details = f"expected: {expected}" + (f"\nexample:  {example}" if example else "")
        super().__init__(f"{path}:{line}: {found}" if line else f"{path}: {found}", details=details)

    def __str__(self) -> str:
        return "\n  ".join([self.sentence, *self.details.splitlines()])


@dataclass(frozen=True, slots=True)
class Note:
    """What became of one part of a source.

    Attributes:
        path: The file of the source, or of the plugin where it comes from none.
        line: From 1; None for the whole file.
        text: One sentence for people.
        kind: What became of it.
    """

    path: str
    line: int | None
    text: str
    kind: What

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{self.kind}: {place}: {self.text}"


@dataclass(frozen=True)
class Wrapping:
    """Everything that a plugin takes from a source. A reader makes it, and writes nothing.

    Attributes:
        kind: What the source is.
        source: The source as the user named it.
        answers: Answers to prompts, `inputs` and `outputs` included.
        files: The author's files, written into the rendered plugin: path with slashes, content.
        notes: What was taken, changed, dropped or kept aside.
        manifest: Keys that go over those of the rendered manifest.json: an object is merged,
            everything else replaced. None for none.
        sources: The digest (see `digest_of`) of each file that was read, by its path as seen from
            the source's folder.
        unlinted: Those of `files` that the plugin's lint has to leave alone, because they are as
            they came.
        executable: Those of `files` that can be executed.
    """

    kind: Kind
    source: str
    answers: dict[str, str]
    files: dict[str, bytes]
    notes: list[Note] = field(default_factory=list)
    manifest: dict[str, Any] | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    unlinted: tuple[str, ...] = ()
    executable: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """Of everything that the plugin takes from the source."""
        files = {path: digest_of(content) for path, content in self.files.items()}
        listed = json.dumps([self.answers, files, self.manifest], sort_keys=True)
        return digest_of(listed.encode())


def digest_of(content: bytes) -> str:
    """Return the id that git gives to the content: `git cat-file blob` finds it again by that."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
