"""Names that the CapabilitiesManager fixes, and what it comes with."""

from __future__ import annotations

from typing import Any

INTERNAL_VERBS = (
    "THINK", "GENERATE", "IF_THEN", "WHILE", "UNTIL", "TIMEOUT", "REPEAT", "FOREACH", "CHAT",
    "REGROUP",
)  # fmt: skip
"""Verbs of plugins that are part of the host's code."""

BUNDLED_VERBS = (
    "ACCOMPLISH", "API_CLIENT", "CODE_EXECUTOR", "DATA_TOOLKIT", "FILE_OPERATION", "REFLECT",
    "SCRAPE", "SEARCH", "TEXT_ANALYSIS", "TRANSFORM",
)  # fmt: skip
"""Verbs of some of the Python plugins in the host's local repository."""

PERMISSIONS = (
    "fs.read", "fs.write", "fs.delete", "net.fetch", "net.listen", "process.exec", "process.env",
    "docker.run", "env.read", "env.write", "db.read", "db.write", "system.info", "system.eval",
)  # fmt: skip

REPOSITORIES = {"local": "Local", "mongo": "MongoDB", "librarian-definition": "Librarian"}
"""Type -> label, in the order in which the host searches them."""


def own_plugin(verb: str, kind: str) -> dict[str, Any]:
    """Return a manifest for a plugin of the host's own.

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
