"""Two images of one commit, built from two checkouts without a cache, have the same content."""

from __future__ import annotations

import hashlib
import os
import tarfile
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.template import render

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

# What stands in the entry of a file besides its date, which tells when it was built.
Entry = tuple[bytes, int, int, int, str, str]

BASE = "python:3.11-slim"
MOST_ABOVE_BASE = 1_500_000
"""Bytes: the goal of the benchmarks."""

# The engine fills these in for each container; no builder writes them.
OF_THE_CONTAINER = {"etc/hostname", "etc/hosts", "etc/resolv.conf"}


def content(client: APIClient, image: str) -> dict[str, Entry]:
    """Everything in an image's file system: type, mode, owner, group, link and hash by path."""
    container = client.create_container(image)["Id"]
    try:
        with tempfile.TemporaryFile() as exported:
            for chunk in client.export(container):
                exported.write(chunk)
            exported.seek(0)
            with tarfile.open(fileobj=exported) as archive:
                return {
                    member.name: entry(archive, member)
                    for member in archive
                    if member.name not in OF_THE_CONTAINER
                }
    finally:
        client.remove_container(container)


def entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    file = archive.extractfile(member) if member.isreg() else None
    digest = hashlib.sha256(file.read()).hexdigest() if file else ""
    return (member.type, member.mode, member.uid, member.gid, member.linkname, digest)


@pytest.fixture
def tags(client: APIClient) -> Iterator[list[str]]:
    names = [f"stage7-test/{uuid.uuid4().hex[:12]}:{number}" for number in (1, 2)]
    yield names
    for name in names:
        if client.images(name):
            client.remove_image(name, force=True)


def test_two_builds_of_one_commit_have_the_same_content(
    client: APIClient, tmp_path: Path, tags: list[str]
) -> None:
    for age, tag in enumerate(tags):
        plugin = render(tmp_path / tag[-1])
        for path in plugin.rglob("*"):
            # A checkout dates each file by when it was written.
            os.utime(path, (1_700_000_000 + age, 1_700_000_000 + age))
        lines = list(client.build(path=str(plugin), tag=tag, nocache=True, decode=True, rm=True))
        assert any("Successfully built" in line.get("stream", "") for line in lines), lines[-1]

    first, second = (content(client, tag) for tag in tags)
    different = [name for name in first.keys() | second if first.get(name) != second.get(name)]
    assert sorted(different) == []
    byte_code = [name for name in first if name.endswith(".pyc")]
    assert any("/json/__pycache__/" in name for name in byte_code)
    assert any(name.startswith("app/plugin_runtime/") for name in byte_code)
    base, image = (client.inspect_image(name)["Size"] for name in (BASE, tags[0]))  # type: ignore[no-untyped-call]
    assert image - base < MOST_ABOVE_BASE

    configurations = [dict(client.inspect_image(tag)["Config"]) for tag in tags]  # type: ignore[no-untyped-call]
    for configuration in configurations:
        configuration.pop("Image")  # the id of the step before, which has a date
    assert configurations[0] == configurations[1]
