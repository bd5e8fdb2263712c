"""Writing the files of a fleet: each whole or not at all, and only where it changes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from stage7_plugin.batch.outputs import bake, compose, index, kustomization
from stage7_plugin.batch.outputs.member import Member


def write_fleet_files(folder: Path, members: Sequence[Member]) -> None:
    """Write them for these plugins of a folder. Raises OSError."""
    texts = {
        index.MARKDOWN_FILE: index.markdown_index(members),
        index.JSON_FILE: index.json_index(members),
        compose.FILE: compose.compose_file(members),
        bake.FILE: bake.bake_file(members),
    }
    on_kubernetes = [member for member in members if member.on_kubernetes]
    if on_kubernetes:
        texts[kustomization.FILE] = kustomization.kustomization_file(on_kubernetes)
    else:
        (folder / kustomization.FILE).unlink(missing_ok=True)
    _write_environments(folder / compose.ENVIRONMENTS, members)
    for name, parts in texts.items():
        _write(folder / name, "".join(parts))


def _write_environments(folder: Path, members: Sequence[Member]) -> None:
    folder.mkdir(exist_ok=True)
    texts = {compose.environment_name(m.slug): compose.environment(m) for m in members}
    for path in folder.glob(compose.environment_name("*")):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        _write(folder / name, text)


def _write(path: Path, text: str) -> None:
    content = text.encode()
    try:
        if path.read_bytes() == content:
            return
    except FileNotFoundError:
        pass
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
