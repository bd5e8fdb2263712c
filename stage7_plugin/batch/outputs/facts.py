"""What a fleet is asked about its plugins, read from their folders."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.batch.locked import locked_packages, needed, not_locked
from stage7_plugin.batch.safe_files import read_regular
from stage7_plugin.host.view import HostView
from stage7_plugin.spec.languages import LANGUAGES, TELLING_FILES, language_of
from stage7_plugin.spec.manifest import manifest_warnings

_BASE = re.compile(r"^FROM\s+python:([0-9.]+)", re.MULTILINE)


def read_facts(folder: Path, manifest: Mapping[str, Any], view: HostView) -> dict[str, Any]:
    """Return the fields of a plugin in index.json that are not in its manifest."""
    resources = manifest.get("container", {}).get("resources")
    made = _json(folder / ".stage7-template.json")
    base = _BASE.search(_text(folder / view.dockerfile))
    return {
        "author": str(manifest.get("author", "")),
        "memory": str(resources.get("memory", "")) if isinstance(resources, dict) else "",
        "memory_mb": None if view.memory is None else view.memory // 1024**2,
        "cpu": None if view.cpu_shares is None else view.cpu_shares / 1024,
        "timeout_seconds": view.timeout,
        "language": language_of(_names(folder)) or ("python" if base else ""),
        "python": base[1] if base else "",
        "requirements": needed(folder),
        "packages": locked_packages(folder),
        "locked": not not_locked(folder),
        "secrets": _secrets(manifest.get("inputDefinitions")),
        "template": str(made.get("template", "")),
        "template_version": str(made.get("version", "")),
        "template_commit": made.get("commit"),
        "stub": any(one.stub_mark in _text(folder / one.logic) for one in LANGUAGES.values()),
        "advice": _advice(manifest),
    }


def _names(folder: Path) -> set[str]:
    return {name for name in TELLING_FILES if (folder / name).exists()}


def _advice(manifest: Mapping[str, Any]) -> list[str]:
    """What the host accepts but the author should look at; nothing of an invalid manifest."""
    try:
        return manifest_warnings(dict(manifest))
    except (KeyError, TypeError, AttributeError):
        return []


def _secrets(definitions: Any) -> list[str]:
    return [
        str(definition.get("name"))
        for definition in definitions or ()
        if isinstance(definition, dict) and definition.get("secret") is True
    ]


def _text(path: Path) -> str:
    return (read_regular(path) or b"").decode("utf-8", "replace")


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
