"""Writing the files of a fleet: each whole or not at all, and only over this command's own.

`.stage7-batch/fleet/K-of-N.json` holds the digests of what each shard wrote. All of them count, so
that parts of a fleet can be copied together. Before files are written, what they will be is
recorded beside what they were: a run that is killed in between leaves nothing that looks foreign.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.outputs import bake, compose, index, kustomization, owners
from stage7_plugin.batch.outputs.member import Member
from stage7_plugin.batch.safe_files import (
    Foreign,
    digest,
    digest_of,
    read_regular,
    real_folder,
    write_whole,
)
from stage7_plugin.batch.shard import Shard

_ALWAYS = (index.MARKDOWN_FILE, index.JSON_FILE, compose.FILE, bake.FILE)
_SOMETIMES = (kustomization.FILE, owners.CODEOWNERS_FILE)
_Digests = dict[str, set[str]]


class FleetFiles:
    """The files of a fleet in its folder."""

    def __init__(self, output: OutputFolder, shard: Shard, force: bool) -> None:
        self._output = output
        self._folder = output.path
        self._records = output.fleet
        self._record = output.fleet / f"{shard.number}-of-{shard.count}.json"
        self._whole = shard.count == 1
        self._force = force
        self._written = self._read_records()
        catalogs = (found for name, found in self._written.items() if _is_catalog(name))
        self._catalogs: set[str] = set().union(*catalogs)

    def refuse_foreign(
        self, slugs: Sequence[str], on_kubernetes: bool, owned: bool = False
    ) -> None:
        """Look whether a person's own files are in the way, before anything is written.

        Args:
            slugs: The plugins.
            on_kubernetes: Whether one of them has files for Kubernetes.
            owned: Whether one of them has an owner.

        Raises:
            Foreign: There are, and they may not be overwritten.
        """
        environments = self._folder / compose.ENVIRONMENTS
        if environments.is_symlink() or (environments.exists() and not environments.is_dir()):
            raise Foreign(f"{environments} exists and is not a folder; move it away")
        names = [*_ALWAYS, *map(_environment, slugs)]
        if on_kubernetes:
            names.append(kustomization.FILE)
        if owned:
            names.append(owners.CODEOWNERS_FILE)
        for name in names:
            if (self._folder / name).is_dir() and not (self._folder / name).is_symlink():
                raise Foreign(f"{self._folder / name} is a folder; move it away")
        if self._force:
            return
        foreign = [name for name in names if not self._is_ours(name)]
        if foreign:
            listed = ", ".join(foreign[:5]) + (", ..." if len(foreign) > 5 else "")
            raise Foreign(
                f"{self._folder}: {listed} would be overwritten, but this command did not create "
                "them; move them away, choose another --output-dir, or use --force"
            )

    def write(self, members: Sequence[Member]) -> str:
        """Write them for these plugins; returns a remark. Raises Foreign and OSError."""
        texts = _texts(members, self._folder)
        on_kubernetes = kustomization.FILE in texts
        owned = owners.CODEOWNERS_FILE in texts
        for name in [name for name in texts if _is_catalog(name) and not self._is_ours(name)]:
            del texts[name]  # it is in a plugin's folder, where an author may have an own one
        self.refuse_foreign([member.slug for member in members], on_kubernetes, owned)
        real_folder(self._folder / compose.ENVIRONMENTS)
        remark = self._keep_aside(texts)
        new = {name: {digest(text.encode())} for name, text in texts.items()}
        self._write_record({name: new.get(name, set()) | self._written.get(name, set())
                            for name in {*new, *self._written}})  # fmt: skip
        for name in self._written.keys() - new.keys():
            if self._is_ours(name):
                (self._folder / name).unlink(missing_ok=True)
        for name, text in texts.items():
            if read_regular(self._folder / name) != text.encode():
                write_whole(self._folder / name, text.encode())
        self._write_record(new)
        if self._whole:
            for other in self._records.glob("*.json"):
                if other != self._record:
                    other.unlink()
        return remark

    def _keep_aside(self, texts: Mapping[str, str]) -> str:
        """Keep a person's own files that are about to be overwritten; says which."""
        names = []
        for name, text in texts.items():
            path = self._folder / name
            if self._is_ours(name) or digest_of(path) == digest(text.encode()):
                continue
            if path.is_file() or path.is_symlink():
                names.append(name)
        if not names:
            return ""
        aside = self._output.keep_aside("fleet", self._folder, names)
        return f"overwritten: {', '.join(names)}; kept in {aside}"

    def _is_ours(self, name: str) -> bool:
        """Whether a file is as this command wrote it, or not there."""
        path = self._folder / name
        if not os.path.lexists(path):
            return True
        found = digest_of(path)
        if _is_catalog(name) and found in self._catalogs:
            return True  # also in a folder that has another name now
        return found is not None and found in self._written.get(name, ())

    def _read_records(self) -> _Digests:
        found: _Digests = {}
        for path in sorted(self._records.glob("*.json")):
            try:
                record = json.loads(read_regular(path) or b"{}")
                for name, digests in record.items():
                    if name in (*_ALWAYS, *_SOMETIMES) or _is_of_a_plugin(name):
                        found.setdefault(name, set()).update(digests)
            except (ValueError, AttributeError, TypeError):
                continue  # what it says of no file counts
        return found

    def _write_record(self, digests: Mapping[str, set[str]]) -> None:
        record = {name: sorted(found) for name, found in sorted(digests.items())}
        write_whole(self._record, json.dumps(record).encode())


def _texts(members: Sequence[Member], folder: Path) -> dict[str, str]:
    """The text of each file, by its path with slashes."""
    texts = {
        index.MARKDOWN_FILE: index.markdown_index(members),
        index.JSON_FILE: index.json_index(members),
        compose.FILE: compose.compose_file(members),
        bake.FILE: bake.bake_file(members),
    }
    on_kubernetes = [member for member in members if member.on_kubernetes]
    if on_kubernetes:
        texts[kustomization.FILE] = kustomization.kustomization_file(on_kubernetes)
    owned = [member for member in members if member.ownership.owner]
    if owned:
        texts[owners.CODEOWNERS_FILE] = owners.codeowners_file(owned, folder)
    found = {name: "".join(parts) for name, parts in texts.items()}
    found |= {_catalog(member.slug): owners.catalog_info(member) for member in owned}
    return found | {_environment(member.slug): compose.environment(member) for member in members}


def _environment(slug: str) -> str:
    return f"{compose.ENVIRONMENTS}/{compose.environment_name(slug)}"


def _catalog(slug: str) -> str:
    return f"{slug}/{owners.CATALOG_FILE}"


def _is_of_a_plugin(name: str) -> bool:
    """Whether a path is that of an environment file, or of a description for Backstage."""
    folder, _, file = name.partition("/")
    environment = folder == compose.ENVIRONMENTS and "/" not in file and file.endswith(".env")
    return environment or _is_catalog(name)


def _is_catalog(name: str) -> bool:
    return re.fullmatch(f"[a-z0-9-]+/{re.escape(owners.CATALOG_FILE)}", name) is not None
