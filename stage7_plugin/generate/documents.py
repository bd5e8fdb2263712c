"""`stage7-plugin openapi` and `schema`: what programs read of a plugin, from its manifest."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError
from stage7_plugin.host.view import read_manifest
from stage7_plugin.rendering.escaping import json
from stage7_plugin.spec.json_schema import plugin_schema
from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.openapi import openapi

DOCUMENTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "openapi": openapi,
    "schema": plugin_schema,
}


def run_document(name: str, folder: Path) -> int:
    """Print a document of the plugin in a folder; return the exit status.

    Returns:
        0 it was printed, 2 the manifest cannot be used.
    """
    path = folder / "manifest.json"
    try:
        manifest = read_manifest(path)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if problems := manifest_problems(manifest):
        print("\n  ".join([f"error: {path} has problems:", *problems]), file=sys.stderr)
        return 2
    print(json(DOCUMENTS[name](manifest), indent=2))
    return 0
