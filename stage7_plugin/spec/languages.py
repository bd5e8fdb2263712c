"""The languages that plugins are rendered in, and how a plugin in each of them is recognised."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple


class Language(NamedTuple):
    """One language.

    Attributes:
        main: What starts a plugin: `entryPoint.main` of its manifest.
        logic: The file that its author writes.
        function: What the server calls in it.
        authors: Further files that are the author's, besides those that are it in every language.
        compiled: Whether an image has a program in place of these files.
        least_megabytes: Memory with which the server keeps its promises.
    """

    main: str
    logic: str
    function: str
    authors: tuple[str, ...] = ()
    compiled: bool = False
    least_megabytes: int = 32

    @property
    def stub_mark(self) -> str:
        """What a stub logs when it is called, so that it can be told from a written plugin."""
        return f"in {self.logic} is still a stub"


LANGUAGES: Mapping[str, Language] = {
    "python": Language(
        "server.py",
        "plugin_logic.py",
        "execute_plugin",
        (
            "system-packages.txt",
            "requirements.in",
            "requirements.txt",
            "requirements-dev.in",
            "tests/settings.toml",
            "tests/test_logic.py",
        ),
    ),
    "typescript": Language(
        "server.cts",
        "plugin_logic.ts",
        "executePlugin",
        (
            "system-packages.txt",
            "plugin_types.ts",
            "package.json",
            "package-lock.json",
            "tests/example.ts",
            "tests/logic.test.ts",
        ),
        least_megabytes=160,
    ),
    "go": Language(
        "server.go",
        "plugin_logic.go",
        "Execute",
        ("plugin_logic_test.go", "plugin_types.go", "go.mod", "go.sum"),
        compiled=True,
    ),
}
"""By the answer to the prompt `language`."""
PYTHON_ALONE = ("python_version", "requirements", "lock", "wrap")
"""Prompts and batch-file keys that apply to Python only."""
DEFAULT = "python"
"""The language of a plugin whose answers do not name one."""

_OF_EVERY_PLUGIN = ("plugin_runtime", "manifest.json")
TELLING_FILES = (*_OF_EVERY_PLUGIN, *(language.logic for language in LANGUAGES.values()))
"""Files, in a plugin's folder or image, that identify a plugin of this template."""


def answered(answers: Mapping[str, object]) -> str:
    """Return the language that answers ask for; those of older plugins have none."""
    return str(answers.get("language", DEFAULT))


def language_of(names: Container[str]) -> str | None:
    """Return the language of a plugin of the template, None for any other plugin.

    The manifest does not tell: the host wants `"language": "container"` in each.

    Args:
        names: Those of TELLING_FILES that the plugin has.
    """
    if any(name not in names for name in _OF_EVERY_PLUGIN):
        return None
    return next((name for name, found in LANGUAGES.items() if found.logic in names), None)
