"""The output folder: what this command keeps in it besides the plugins, and one run at a time.

.stage7-batch/lock, workers.lock   held while a run, and each of its workers, is alive
.stage7-batch/staging/             plugins that are being rendered, never seen half-made
.stage7-batch/replaced/            folders that are being replaced
.stage7-batch/records/SLUG.json    what was rendered there, to tell what a person has changed
.stage7-batch/bases/DIGEST         texts that plugins have in common, to merge a person's changes
.stage7-batch/overwritten/SLUG-N/    a person's changes that --force has overwritten
.stage7-batch/fleet/K-of-N.json    what was written for the whole fleet by each shard
.stage7-batch/cache/               what saves this machine time
.stage7-batch/.gitignore           names what is not part of a commit
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from stage7_plugin.batch.record import Bases, Record, decode
from stage7_plugin.batch.safe_files import ignore_in_git, read_regular, real_folder, write_whole
from stage7_plugin.errors import UserError

try:
    import fcntl
except ImportError:  # Windows: nothing keeps two runs apart there
    fcntl = None  # type: ignore[assignment]

_GITIGNORE = b"""\
# What is of one machine or one moment. The rest belongs into the repository, with the plugins.
/.gitignore
/lock
/workers.lock
/*.json
/staging/
/replaced/
/cache/
/overwritten/
"""
_WAIT_SECONDS = 10  # workers of a run that was killed finish the plugin that they are at


class Busy(UserError):
    """Another run is at work in the same output folder."""


class OutputFolder:
    """Paths inside an output folder, and its records."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.state = self.path / ".stage7-batch"
        self.staging = self.state / "staging"
        self.replaced = self.state / "replaced"
        self.records = self.state / "records"
        self.cache = self.state / "cache"
        self.fleet = self.state / "fleet"
        self.overwritten = self.state / "overwritten"
        self._bases = self.state / "bases"
        self.bases = Bases(self._bases)

    def create(self) -> None:
        """Make the folders that a run needs. Raises Foreign and OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        folders = (self.staging, self.replaced, self.records, self.cache, self.fleet)
        for folder in (self.state, *folders, self.overwritten, self._bases):
            real_folder(folder)
        ignore_in_git(self.state, _GITIGNORE)

    def plugin(self, slug: str) -> Path:
        """The folder of a plugin."""
        return self.path / slug

    def read_record(self, slug: str) -> Record | None:
        """What was written as that plugin; None if nothing, or if it cannot be told."""
        return decode(read_regular(self.records / f"{slug}.json") or b"")

    def read_records(self, besides: Collection[str] = ()) -> Iterator[tuple[str, Record]]:
        """Every plugin of which there is a record, in order, but for some."""
        for path in sorted(self.records.glob("*.json")):
            record = None if path.stem in besides else self.read_record(path.stem)
            if record:
                yield path.stem, record

    def forget(self, slug: str) -> None:
        """Remove a record. Raises OSError."""
        (self.records / f"{slug}.json").unlink(missing_ok=True)

    def prune_bases(self) -> None:
        """Remove texts that no plugin was made from any longer. Raises OSError."""
        self.bases.prune({d for _, record in self.read_records() for d in record.files.values()})

    def keep_aside(self, name: str, folder: Path, paths: Iterable[str]) -> Path:
        """Copy files of a folder to a new one, NAME-1 or so, before they are overwritten.

        Raises:
            OSError: They cannot be copied.
        """
        for number in itertools.count(1):
            aside = self.overwritten / f"{name}-{number}"
            if not os.path.lexists(aside):
                break
        for path in paths:
            (aside / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / path, aside / path, follow_symlinks=False)
        return aside

    def write_record(self, slug: str, record: Record, folder: Path | None = None) -> Path:
        """Write a record whole or not at all, into the folder of records by default."""
        path = (folder or self.records) / f"{slug}.json"
        write_whole(path, record.encode())
        return path

    @contextlib.contextmanager
    def run_lock(self) -> Iterator[None]:
        """Held by a run; waits a moment for workers of one that was killed. Raises Busy."""
        with self._lock("lock", shared=False):
            with self._lock("workers.lock", shared=False):
                pass  # no worker is left
            yield

    def worker_lock(self) -> contextlib.AbstractContextManager[None]:
        """Held by each worker, so that it cannot outlive its run unnoticed."""
        return self._lock("workers.lock", shared=True)

    def clear_staging(self) -> None:
        """Remove what an earlier run left half-made."""
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def _lock(self, name: str, shared: bool) -> Iterator[None]:
        # No link is followed: what it leads to would be emptied.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(self.state / name, flags, 0o644), "r+") as file:
            if fcntl is not None:
                kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
                deadline = time.monotonic() + _WAIT_SECONDS
                while not _locked(file.fileno(), kind):
                    if time.monotonic() > deadline:
                        raise Busy(
                            f"another batch is running in {self.path}; wait for it, or choose "
                            "another --output-dir"
                        )
                    time.sleep(0.05)
            yield


def _locked(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
