"""Where the template is: next to the package in a checkout, inside it once installed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHES = (
    "__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".stage7-dev",
    ".venv", "venv", "node_modules", ".DS_Store",
)  # fmt: skip
"""What tools leave in a folder; in a template it would be rendered into every plugin."""

_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED = _PACKAGE / "_template"


def template_folder() -> Path:
    """Return the folder with cookiecutter.json."""
    return _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


@contextmanager
def clean_template() -> Iterator[Path]:
    """Lend the template to Cookiecutter, which renders every file that it finds.

    pip adds byte code to an installed template; it would be rendered, so a copy is without it.
    """
    if template_folder() != _INSTALLED:
        yield template_folder()
        return
    with tempfile.TemporaryDirectory() as temporary:
        # Cookiecutter files what --replay needs under the name of the folder.
        copy = Path(temporary) / "stage7-plugin"
        shutil.copytree(_INSTALLED, copy, ignore=shutil.ignore_patterns(*CACHES))
        yield copy


def left_by_tools(folder: Path) -> list[Path]:
    """List what tools have left in a folder and those below, without looking into that."""
    found = []
    for place, folders, files in os.walk(folder):
        found += [Path(place, name) for name in (*folders, *files) if name in CACHES]
        folders[:] = [name for name in folders if name not in CACHES]
    return sorted(found)
