"""Which plugins the CapabilitiesManager knows, and how it stores the manifests that it is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.host.stand_in import facts
from stage7_plugin.host.stand_in.errors import STORE_FAILED, Failure
from stage7_plugin.host_facts import BUNDLED_VERBS, INTERNAL_VERBS

Manifest = dict[str, Any]


def rejections(manifest: Mapping[str, Any]) -> list[str]:
    """Return why the host would not store a container plugin; nothing for other languages."""
    if manifest.get("language") != "container":
        return []
    container, api = manifest.get("container"), manifest.get("api")
    if not isinstance(container, dict) or not container:
        return ["Container plugin missing container configuration"]
    if not isinstance(api, dict) or not api:
        return ["Container plugin missing API configuration"]
    found = [
        f"Container configuration missing required field: {field}"
        for field in ("dockerfile", "buildContext", "image", "ports")
        if not container.get(field)
    ]
    if not api.get("endpoint") or not api.get("method"):
        found.append("Container API configuration missing endpoint or method")
    if not isinstance(container.get("ports"), list):
        found.append("Container configuration must specify at least one port mapping")
    health = container.get("healthCheck")
    if health and not health.get("path"):
        found.append("Container health check configuration missing path")
    return found


class Storage:
    """The host's repositories and its index of verbs.

    A manifest of the repository `local` replaces the one with the same verb; `mongo` keeps all of
    them and gives the highest version, of two alike the older one.
    """

    def __init__(self, local_folder: Path, strict: bool) -> None:
        self._folder = local_folder
        self._strict = strict
        self._lock = threading.RLock()
        self._local: dict[str, Manifest] = {}
        self._mongo: list[Manifest] = []
        self._repositories: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._internal = {v: facts.own_plugin(v, "internal") for v in INTERNAL_VERBS}
        for verb in sorted(BUNDLED_VERBS):
            self._local[verb] = facts.own_plugin(verb, "plugin")
            self._index(self._local[verb])
        for manifest in self._internal.values():
            self._index(manifest)

    def store(self, manifest: Any) -> None:
        """Store a manifest, or lose it as the host does.

        Raises:
            Failure: It names no repository; if strict, also what the host loses or overwrites.
        """
        if not isinstance(manifest, dict) or not isinstance(manifest.get("repository"), dict):
            cause = "Cannot read properties of undefined (reading 'type')"
            raise _refused("Failed to create plugin.", cause)
        manifest = json.loads(json.dumps(manifest))
        manifest.setdefault("metadata", {}).setdefault("status", "SOURCE_AVAILABLE")
        with self._lock:
            self._keep(manifest)
            self._index(manifest)

    def by_id(self, plugin_id: str) -> Manifest | None:
        """Return the manifest that the host would find for an id."""
        with self._lock:
            for own in self._internal.values():
                if own["id"] == plugin_id:
                    return own
            return self._in_local(plugin_id) or self._newest(plugin_id)

    def by_verb(self, verb: str) -> Manifest | None:
        """Return the manifest that the host would execute for a verb."""
        with self._lock:
            if verb in self._internal:
                return self._internal[verb]
            if verb not in self._ids:
                return None
            plugin_id = self._ids[verb]
            if self._repositories[plugin_id] == "local":
                return self._in_local(plugin_id)
            return self._newest(plugin_id) if self._repositories[plugin_id] == "mongo" else None

    def all(self, repository: str | None = None) -> list[Manifest]:
        """Return every manifest that can be found, or those of one repository."""
        with self._lock:
            found = [
                self.by_id(plugin_id)
                for plugin_id, kind in self._repositories.items()
                if repository in (None, kind)
            ]
        return [manifest for manifest in found if manifest is not None]

    def _keep(self, manifest: Manifest) -> None:
        if found := rejections(manifest):
            if self._strict:
                raise _refused(f"The manifest is refused: {'; '.join(found)}")
            return
        verb = str(manifest.get("verb"))
        there = self._local.get(verb) or self._newest_of("verb", verb)
        if self._strict and there is not None and there["id"] != manifest.get("id"):
            raise _refused(f"The verb {verb} belongs to the plugin {there['id']}.")
        kind = (there or manifest)["repository"].get("type") or "local"
        if kind == "local":
            self._local[verb] = manifest
            self._write_files(verb, manifest)
        elif kind == "mongo":
            self._mongo.append(manifest)
        elif self._strict:
            raise _refused(f"repository.type is {kind!r}; it must be local or mongo.")

    def _write_files(self, verb: str, manifest: Manifest) -> None:
        entry = manifest.get("entryPoint")
        files = entry.get("files") if isinstance(entry, dict) else None
        folder = (self._folder / verb).resolve()
        for name, content in (files or {}).items():
            path = (folder / name).resolve()
            if not path.is_relative_to(folder):  # the host would write it; a test machine must not
                raise _refused(f"entryPoint.files: {name} is outside the plugin's folder.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")

    def _index(self, manifest: Manifest) -> None:
        self._repositories[str(manifest.get("id"))] = str(manifest["repository"].get("type"))
        self._ids[str(manifest.get("verb"))] = str(manifest.get("id"))

    def _in_local(self, plugin_id: str) -> Manifest | None:
        return next((one for one in self._local.values() if one.get("id") == plugin_id), None)

    def _newest(self, plugin_id: str) -> Manifest | None:
        return self._newest_of("id", plugin_id)

    def _newest_of(self, key: str, value: str) -> Manifest | None:
        found = [one for one in self._mongo if one.get(key) == value]
        return max(found, key=lambda one: _numbers(one.get("version")), default=None)


def _numbers(version: Any) -> list[int]:
    parts = str(version).split(".")
    return [int(part) if part.isdigit() else 0 for part in parts]


def _refused(message: str, cause: str = "") -> Failure:
    return Failure(400, STORE_FAILED, message, {"original_error_message": cause} if cause else {})
