"""The image of each stack: built the way the host builds it, its size and its build context."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.samples import figure
from benchmarks.stack import Stack
from benchmarks.stacks import BY_NAME, FLASK, GROWN, OURS
from benchmarks.workplace import WORK, Place, run
from stage7_plugin.host.engine import build
from stage7_plugin.host.view import HostView, read_manifest

if TYPE_CHECKING:
    from docker import APIClient


def with_image(places: Mapping[str, Place]) -> list[Stack]:
    """The stacks that have an image."""
    return [BY_NAME[name] for name in places if BY_NAME[name].has_image]


def view_of(stack: Stack, places: Mapping[str, Place]) -> HostView:
    """What the host is told about a stack: our manifest, with its own image."""
    ours = HostView.from_manifest(read_manifest(places[OURS].folder / "manifest.json"))
    image = f"stage7-benchmark/{stack.name.replace('_', '-')}:1.0.0"
    return replace(ours, image=image, health_path=stack.health)


def build_image(client: APIClient, stack: Stack, places: Mapping[str, Place]) -> float:
    """Build through the Engine's classic builder; return the seconds that it took."""
    started = time.monotonic()
    for _ in build(client, view_of(stack, places), places[stack.name].folder):
        pass
    return time.monotonic() - started


def measure(client: APIClient, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Size above the base image in MB; context and time of a rebuild with nothing changed."""
    figures = sizes(client, places)
    for name in (OURS, FLASK):
        if name in places:
            figures += _rebuild(client, name, places)
    return figures


def sizes(client: APIClient, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Size of each image above its base, in MB."""
    figures = []
    for stack in with_image(places):
        size = _size(client, view_of(stack, places).image)
        command = "docker image inspect: Size"
        if stack.base:
            size -= _size(client, stack.base)
            command += f", less that of {stack.base}"
        found = [size / 1e6]
        figures.append(figure("image", "size above its base", stack.name, "MB", found, command))
    return figures


def _rebuild(client: APIClient, name: str, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    folder = WORK / "grown" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(places[name].folder, folder)
    _grow(folder)
    grown = {**places, name: Place(folder, places[name].bin)}
    build_image(client, BY_NAME[name], grown)
    seconds = build_image(client, BY_NAME[name], grown)
    sent, content = _context(folder)
    command = "the tar of the Docker SDK, compressed as the host's client does"
    return [
        figure("image", f"context of a {GROWN}", name, "kB", [sent], command),
        figure("image", f"files in the context of a {GROWN}", name, "kB", [content], command),
        figure("image", f"rebuild of a {GROWN}", name, "s", [seconds], "docker build, unchanged"),
    ]


def _grow(folder: Path) -> None:
    """Make a repository with history and a virtual environment of it, as an author's is."""
    run([sys.executable, "-m", "venv", folder / ".venv"], folder)
    git = ["git", "-c", "user.name=Author", "-c", "user.email=author@example.com"]
    run([*git, "init", "--quiet"], folder)
    run([*git, "add", "--all"], folder)
    run([*git, "commit", "--quiet", "--message", "First"], folder)


def _context(folder: Path) -> tuple[float, float]:
    """Size of the compressed tar, and of the files in it, in kB.

    The host's client compresses it: prepareBuildContext in lib/util.js of dockerode 4.0.7.
    """
    from docker.utils import build as sdk

    ignore = folder / ".dockerignore"
    patterns = [
        line.strip()
        for line in (ignore.read_text("utf-8").splitlines() if ignore.exists() else [])
        if line.strip() and not line.startswith("#")
    ]
    with tempfile.TemporaryFile() as archive:
        sdk.tar(
            folder, exclude=patterns, dockerfile=("Dockerfile", None), fileobj=archive, gzip=True
        )
        sent = archive.seek(0, 2)
        archive.seek(0)
        with tarfile.open(fileobj=archive) as entries:
            content = sum(entry.size for entry in entries)
    return sent / 1000, content / 1000


def _size(client: APIClient, image: str) -> int:
    facts: dict[str, Any] = client.inspect_image(image)  # type: ignore[no-untyped-call]
    return int(facts["Size"])


def docker(*arguments: str) -> str:
    """What a docker command prints."""
    done = subprocess.run(
        ["docker", *arguments], stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    return done.stdout
