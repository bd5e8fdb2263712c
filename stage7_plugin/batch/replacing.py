"""Putting a new folder in the place of an old one, so that a killed run can be finished or undone.

A folder that is replaced is moved out first and what is not the template's (.git, a person's own
files) is carried over last; `recover` finishes or takes back what a killed run was at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.record import Record
from stage7_plugin.batch.safe_files import Foreign


def recover(output: OutputFolder) -> None:
    """Finish or take back every replacement that was interrupted, then empty the staging folder.

    Raises:
        Foreign: Something is there that this command did not put there.
        OSError: A file or folder cannot be moved.
    """
    for old in sorted(output.replaced.iterdir()):
        if old.is_symlink() or not old.is_dir():
            raise Foreign(f"{old} was not created by this command; move it away")
        target = output.plugin(old.name)
        if os.path.lexists(target):
            _finish(old.name, output)
        else:
            old.rename(target)
    for pending in output.state.glob("*.json"):  # of a replacement that had not begun
        pending.unlink()
    output.clear_staging()


def replace_folder(slug: str, staged: Path, new: Record, output: OutputFolder) -> None:
    """Put a staged folder in the place of a plugin. Raises OSError, and nothing has changed."""
    target, replaced = output.plugin(slug), output.replaced / slug
    output.write_record(slug, new, folder=output.state)
    target.rename(replaced)
    try:
        staged.rename(target)
    except OSError:
        replaced.rename(target)
        raise
    _finish(slug, output)


def _finish(slug: str, output: OutputFolder) -> None:
    """The rest of a replacement once the new folder is in place; may be repeated."""
    replaced, record = output.replaced / slug, output.read_record(slug)
    _carry_over(replaced, output.plugin(slug), record.files if record else ())
    pending = output.state / f"{slug}.json"
    if pending.exists():
        pending.replace(output.records / pending.name)
    shutil.rmtree(replaced)


def _carry_over(old: Path, new: Path, written: Collection[str]) -> None:
    """Move what this command did not write, and what the new folder lacks."""
    for folder, folders, files in os.walk(old):
        relative = Path(folder).relative_to(old)
        for name in [*folders, *files]:
            inner = relative / name
            destination = new / inner
            if os.path.lexists(destination) or inner.as_posix() in written:
                continue
            if any(path.startswith(f"{inner.as_posix()}/") for path in written):
                continue  # holds files of both: looked into later
            destination.parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).rename(destination)
            if name in folders:
                folders.remove(name)
