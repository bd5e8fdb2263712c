"""One plugin of a fleet, as its folder says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def read_member(folder: Path, port: int) -> Member:
    """Read the plugin in a folder. Raises ManifestUnusable."""
    manifest = read_manifest(folder / "manifest.json")
    return Member(
        slug=folder.name,
        port=port,
        view=HostView.from_manifest(manifest),
        name=str(manifest.get("name", folder.name)),
        verb=str(manifest.get("verb", "")),
        description=str(manifest.get("description", "")),
        inputs=_listed(manifest.get("inputDefinitions")),
        outputs=_listed(manifest.get("outputDefinitions")),
        permissions=_permissions(manifest.get("security")),
        on_kubernetes=(folder / KUBERNETES_FILE).is_file(),
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
