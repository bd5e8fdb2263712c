"""One plugin of a fleet, as its folder says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage7_plugin.batch.digests import Digests
from stage7_plugin.batch.outputs.facts import read_facts
from stage7_plugin.batch.ownership import Ownership
from stage7_plugin.host.view import HostView, read_manifest

KUBERNETES_FILE = "kubernetes.yaml"


@dataclass(frozen=True, slots=True)
class Member:
    """What the files of a fleet say about one plugin.

    Attributes:
        slug: Its folder in the fleet's folder.
        port: The port of the machine on which compose publishes it.
        view: Its manifest as the host reads it.
        inputs: Its declared inputs, `name: type`, with ? behind those that may be left out.
        outputs: Its declared outputs, in the same form.
        on_kubernetes: Whether it has a file for Kubernetes.
        ownership: Whose it is.
        source: The batch file that it comes from, as seen from the fleet's folder.
        digest: Of what its image is built from; empty if it could not be read.
        facts: What else is asked about it; see facts.py.
    """

    slug: str
    port: int
    view: HostView
    name: str
    verb: str
    description: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    permissions: tuple[str, ...]
    on_kubernetes: bool
    ownership: Ownership
    source: str
    digest: str
    facts: Mapping[str, Any]


def read_member(
    folder: Path, port: int, ownership: Ownership, source: str, digests: Digests
) -> Member:
    """Read the plugin in a folder. Raises ManifestUnusable."""
    manifest = read_manifest(folder / "manifest.json")
    view = HostView.from_manifest(manifest)
    return Member(
        slug=folder.name,
        port=port,
        view=view,
        name=str(manifest.get("name", folder.name)),
        verb=str(manifest.get("verb", "")),
        description=str(manifest.get("description", "")),
        inputs=_listed(manifest.get("inputDefinitions")),
        outputs=_listed(manifest.get("outputDefinitions")),
        permissions=_permissions(manifest.get("security")),
        on_kubernetes=(folder / KUBERNETES_FILE).is_file(),
        ownership=ownership,
        source=source,
        digest=digests.of(folder, view),
        facts=read_facts(folder, manifest, view),
    )


def _listed(definitions: Any) -> tuple[str, ...]:
    return tuple(
        f"{d.get('name')}: {d.get('type')}{'' if d.get('required') else '?'}"
        for d in definitions or ()
        if isinstance(d, dict)
    )


def _permissions(security: Any) -> tuple[str, ...]:
    listed = security.get("permissions") if isinstance(security, dict) else None
    return tuple(map(str, listed)) if isinstance(listed, list) else ()
