"""The author's files: once they have been edited, no run changes them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.batch.record import Record
from stage7_plugin.batch.safe_files import digest_of
from stage7_plugin.errors import UserError
from stage7_plugin.spec.languages import LANGUAGES
from stage7_plugin.spec.problems import shown

IN_EVERY_LANGUAGE = (
    "manifest.json",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "examples/request.json",
)
# As `tool.cruft` in the rendered pyproject.toml says.
AUTHORS = (
    *(one.logic for one in LANGUAGES.values()),
    *IN_EVERY_LANGUAGE,
    *dict.fromkeys(path for one in LANGUAGES.values() for path in one.authors),
)


class Refused(UserError):
    """The plugin is not written; the text says why and what to do."""


def keep_authors_files(
    target: Path, staged: Path, record: Record | None, new: Mapping[str, str]
) -> list[str]:
    """Put the author's files as they are into the new folder, deletions included.

    Args:
        target: The folder that is there.
        staged: The new one.
        record: What this command wrote; without one, every author's file that is there stays.
        new: The digests of what has been rendered.

    Returns:
        The files that differ from what has been rendered.

    Raises:
        Refused: Something else than a file is in the place of one.
        OSError: A file cannot be copied.
    """
    kept = []
    for path in AUTHORS:
        theirs = target / path
        found = digest_of(theirs)
        if record is None and not os.path.lexists(theirs):
            continue
        if record is not None and found == record.files.get(path):
            continue
        (staged / path).unlink(missing_ok=True)
        if os.path.lexists(theirs):
            copy_as_it_is(theirs, staged / path)
        if found != new.get(path):
            kept.append(path)
    return kept


def copy_as_it_is(path: Path, copy: Path) -> None:
    """Copy a file or a link, with its permissions. Raises Refused and OSError."""
    refuse_odd(path)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    shutil.copy2(path, copy, follow_symlinks=False)


def refuse_odd(path: Path) -> None:
    """Refuse what is neither a file nor a link."""
    if path.is_dir() and not path.is_symlink():
        raise Refused(f"{path} is a folder; move it away")
    if not path.is_file() and not path.is_symlink():
        raise Refused(f"{path} is neither a file nor a link; move it away")


def manifest_differences(yours: bytes | None, base: bytes | None, new: bytes) -> list[str]:
    """What the batch file would change in an edited manifest: "memory: 1g here, 2g in the file".

    Args:
        yours: The author's manifest.
        base: The one from which the author began; None if it is not known.
        new: The one that the batch file and the template would write now.
    """
    try:
        here, before, wanted = (
            dict(_values(json.loads(text))) if text else {} for text in (yours, base, new)
        )
    except (ValueError, RecursionError):
        return []
    names = [name for name in {**wanted, **before} if wanted.get(name) != before.get(name)]
    return [
        f"{name}: {_said(here, name)} here, {_said(wanted, name)} in the file"
        for name in names
        if here.get(name) != wanted.get(name)
    ]


def _values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value inside, with its path; each input and output is one."""
    if path == "security.sandboxOptions":  # says again what others say
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _values(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and all(isinstance(v, dict) and "name" in v for v in value):
        for inner in value:
            yield f"{path}.{inner['name']}", inner
    else:
        yield path.removeprefix("container.resources."), value


def _said(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return "nothing"
    value = values[name]
    return value if isinstance(value, str) and len(value) < 60 else shown(value)
