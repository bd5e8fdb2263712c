"""The suite's own logic in a plugin that is compiled: it takes its place before the build."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stage7_plugin.contract import scenarios
from stage7_plugin.spec.languages import LANGUAGES, TELLING_FILES, language_of

NOT_COMPILED_IN = "the suite's own logic has to be compiled in: check the plugin's folder"
"""Why an image or a URL of such a plugin has no scenarios."""
_NOT_COPIED = shutil.ignore_patterns(".git", ".cache", ".stage7-dev")
"""Folders that no image needs, and that may be large."""


def compiled_language(folder: Path) -> str | None:
    """Return the language of a plugin of the template whose image has none of its sources."""
    name = language_of({name for name in TELLING_FILES if (folder / name).exists()})
    return name if name and LANGUAGES[name].compiled else None


def language_in(manifest: Mapping[str, Any]) -> str | None:
    """Return the language of a plugin of the template, by what its manifest says starts it."""
    entry = manifest.get("entryPoint")
    main = entry.get("main") if isinstance(entry, Mapping) else None
    return next((name for name, one in LANGUAGES.items() if one.main == main), None)


def is_compiled(manifest: Mapping[str, Any]) -> bool:
    """Whether the manifest is one of a plugin that is compiled."""
    name = language_in(manifest)
    return name is not None and LANGUAGES[name].compiled


@contextmanager
def with_scenario_logic(folder: Path, language: str, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """Yield a copy of the plugin's folder in which the suite's logic replaces its own.

    Further sources next to the author's file may need what it defines, so they go.
    """
    logic = scenarios.overlay(language, manifest)
    known = LANGUAGES[language]
    kept = {known.main, *known.authors, *logic}
    with tempfile.TemporaryDirectory(prefix="stage7-plugin-") as name:
        copy = Path(name) / "plugin"
        shutil.copytree(folder, copy, symlinks=True, ignore=_NOT_COPIED)
        for path in copy.glob(f"*{Path(known.logic).suffix}"):
            if path.name not in kept:
                path.unlink()
        for file, content in logic.items():
            (copy / file).unlink(missing_ok=True)  # it may be a link
            (copy / file).write_bytes(content)
        yield copy
