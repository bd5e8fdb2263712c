"""What the CapabilitiesManager comes with."""

from __future__ import annotations

from typing import Any

REPOSITORIES = {"local": "Local", "mongo": "MongoDB", "librarian-definition": "Librarian"}
"""Type -> label, in the order in which the host searches them."""


def own_plugin(verb: str, kind: str) -> dict[str, Any]:
    """Return a manifest for one of the host's own plugins.

    Args:
        verb: Its verb.
        kind: `internal` for one in the host's code, `plugin` for a bundled one.
    """
    return {
        "id": f"{kind}-{verb}",
        "verb": verb,
        "version": "1.0.0",
        "description": f"The host's own {verb}.",
        "language": "internal" if kind == "internal" else "python",
        "inputDefinitions": [],
        "outputDefinitions": [],
        "repository": {"type": "internal" if kind == "internal" else "local"},
        "security": {"permissions": []},
        "metadata": {"status": "RUNNING"},
    }
