"""Reading and writing in a folder that a stranger may have prepared: no link is followed."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path


class Foreign(Exception):
    """Something is in the way that this command did not make; the text says what to do."""


def real_folder(folder: Path) -> None:
    """Make a folder, or make sure that it is one and no link. Raises Foreign and OSError."""
    folder.mkdir(exist_ok=True)
    if folder.is_symlink():
        raise Foreign(f"{folder} is a link; move it away")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a link in its place is replaced. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    with temporary.open("xb") as file:  # x follows no link
        file.write(content)
    temporary.replace(path)


def ignore_in_git(folder: Path, lines: bytes) -> None:
    """Let git pass over what a folder's own .gitignore lists. Raises OSError."""
    if read_regular(folder / ".gitignore") != lines:
        write_whole(folder / ".gitignore", lines)


def read_regular(path: Path | str) -> bytes | None:
    """The content of a regular file; None for a link, a fifo, or nothing at all."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123, on the hot path
            return file.readall()
    except OSError:
        return None


def digest(content: bytes) -> str:
    """What tells whether a file is as it was written."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def digest_of(path: Path | str) -> str | None:
    """The digest of a regular file; None for anything else."""
    content = read_regular(path)
    return None if content is None else digest(content)
