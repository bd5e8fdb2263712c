"""Digests of what images are built from, remembered while no size and no time has changed.

Reading every file of 5,000 plugins takes seconds; asking for their times does not. The memory is of
one machine, and no part of what a repository keeps.
"""

from __future__ import annotations

import json
from pathlib import Path

from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.safe_files import read_regular, write_whole
from stage7_plugin.host.build_context import source_digest, source_state
from stage7_plugin.host.view import HostView


class Digests:
    """The digests of the plugins in an output folder."""

    def __init__(self, output: OutputFolder) -> None:
        self._file = output.cache / "digests.json"
        self._known = _read(self._file)
        self._seen: dict[str, list[str]] = {}

    def of(self, folder: Path, view: HostView) -> str:
        """Return the digest of a plugin; empty where its files cannot be read."""
        try:
            state = source_state(folder, view)
            known = self._known.get(folder.name, ["", ""])
            digest = known[1] if known[0] == state else source_digest(folder, view)
        except (OSError, UnicodeError):
            return ""
        self._seen[folder.name] = [state, digest]
        return digest

    def keep(self) -> None:
        """Remember them for the next run. Raises OSError."""
        if self._seen != self._known:
            write_whole(self._file, json.dumps(self._seen).encode())


def _read(path: Path) -> dict[str, list[str]]:
    try:
        found = json.loads(read_regular(path) or b"{}")
        return {str(slug): [str(state), str(digest)] for slug, (state, digest) in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
