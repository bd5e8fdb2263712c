"""Whose the plugins are, for forges and for Backstage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from stage7_plugin.batch.outputs.member import Member

CODEOWNERS_FILE = "codeowners.txt"
CATALOG_FILE = "catalog-info.yaml"

_HEAD = """\
# Whose the plugins are. Forges read a file CODEOWNERS at the root, in docs/ or in their own folder
# (.github, .gitlab): write these lines there, below your own.
"""
_CATALOG_HEAD = "# For Backstage's catalog, from the keys owner and labels of the batch file.\n"


def codeowners_file(members: Iterable[Member], folder: Path) -> Iterator[str]:
    """The lines for CODEOWNERS, in parts; paths count from the root of the repository."""
    yield _HEAD
    prefix = _place_in_repository(folder)
    for member in members:
        if member.ownership.owner:
            yield f"/{prefix}{member.slug}/ {member.ownership.owner}\n"


def catalog_info(member: Member) -> str:
    """The description of a plugin for Backstage."""
    entity = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {
            "name": member.slug,
            "title": member.name,
            "description": member.description,
            "labels": dict(member.ownership.labels),
        },
        "spec": {
            "type": "service",
            "lifecycle": "experimental" if member.facts["stub"] else "production",
            "owner": member.ownership.entity,
        },
    }
    if not member.ownership.labels:
        del entity["metadata"]["labels"]  # type: ignore[attr-defined]
    return _CATALOG_HEAD + yaml.safe_dump(entity, sort_keys=False, allow_unicode=True)


def _place_in_repository(folder: Path) -> str:
    """The folder as seen from the root of its repository, with a slash; empty at the root."""
    for root in (folder, *folder.parents):
        if (root / ".git").exists():
            path = folder.relative_to(root).as_posix()
            return "" if path == "." else f"{path}/".replace(" ", "\\ ")
    return ""
