"""The manifest as the host gets it, and what to compare when it is read back."""

from __future__ import annotations

import copy
from typing import Any

from stage7_plugin.install.refused import Refused
from stage7_plugin.install.repository import Source
from stage7_plugin.spec.manifest import manifest_problems

REPOSITORIES = ("local", "mongo")
"""Types of repository that keep a plugin which can be executed."""

Manifest = dict[str, Any]

_HOSTS_OWN = ("metadata.status", "_id")


def check(manifest: Manifest) -> None:
    """Raise Refused if the host would drop the manifest, or never call the plugin."""
    if problems := manifest_problems(manifest):
        raise Refused("manifest.json is not valid", "make test", "\n".join(problems))


def to_post(manifest: Manifest, source: Source, repository: str) -> Manifest:
    """Return the manifest with where its files come from.

    The host reads defaults from `defaultValue`, so that is added next to `default`.
    """
    posted = copy.deepcopy(manifest)
    posted["repository"] = {**posted.get("repository", {}), "type": repository}
    posted.setdefault("metadata", {})
    posted["packageSource"] = source.package_source()
    for definition in posted["inputDefinitions"]:
        if definition.get("default") is not None:
            definition.setdefault("defaultValue", definition["default"])
    return posted


def differences(posted: Any, stored: Any, path: str = "") -> list[str]:
    """Return where the host has something else than was posted, apart from what it adds itself."""
    if isinstance(posted, dict) and isinstance(stored, dict):
        return [
            found
            for key in dict.fromkeys([*posted, *stored])
            if (place := f"{path}.{key}".lstrip(".")) not in _HOSTS_OWN or key in posted
            for found in differences(posted.get(key), stored.get(key), place)
        ]
    return [] if posted == stored else [path]


def version_numbers(version: object) -> list[int]:
    """Return the parts of a version, in an order that compares."""
    return [int(part) if part.isdigit() else 0 for part in str(version).split(".")]
