"""The name of a plugin's image."""

from __future__ import annotations

from collections.abc import Mapping


def image(answers: Mapping[str, str]) -> str:
    """Return the full name with its tag: stage7/text-echo:1.0.0."""
    return f"{answers['image_namespace']}/{answers['plugin_slug']}:{answers['version']}"
