"""A plugin as a container, from an image or from a folder that is built first."""

from __future__ import annotations

import io
import json
import posixpath
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.contract import scenarios
from stage7_plugin.contract.model import Need
from stage7_plugin.contract.targets.base import POISON, Running, StartOptions, Target
from stage7_plugin.host.engine import HostError, build, image_id
from stage7_plugin.host.run import ContainerOptions, HostRun
from stage7_plugin.host.view import HostView

if TYPE_CHECKING:
    from docker import APIClient

_POISONED = "/opt/host/python"


class ImageTarget(Target):
    """An image that is there."""

    kind = "image"
    abilities = frozenset({Need.START, Need.CONTAINER})

    def __init__(self, client: APIClient, image: str, manifest: Mapping[str, Any]) -> None:
        self.client = client
        self.name = self.image = image
        self.manifest = manifest
        self.view = HostView.from_manifest(manifest)
        self._probe_files: dict[str, bytes] | None = None

    @contextmanager
    def start(self, options: StartOptions) -> Iterator[Running]:
        files: dict[str, bytes] = {}
        environment = dict(options.environment)
        view = self.view
        if options.poisoned_pythonpath:
            environment["PYTHONPATH"] = _POISONED
            files[f"{_POISONED}/json.py"] = POISON
        if options.probe_logic:
            files.update(self._probe())
            view = HostView.from_manifest(scenarios.manifest_for_probe(self.manifest))
        container = ContainerOptions(
            environment=environment,
            read_only=options.read_only,
            drop_capabilities=options.drop_capabilities,
            user=options.user,
            health_check_seconds=options.health_check_seconds,
            files=files,
        )
        with HostRun(self.client, view, container, self.image) as run:
            yield Container(run)

    def has_probe_logic(self) -> bool:
        return bool(self._probe())

    def _probe(self) -> dict[str, bytes]:
        """The files that put the probe in the logic's place; none where it is not our template."""
        if self._probe_files is None:
            folder = working_directory(self.client, self.image)
            paths = [f"{folder}/{name}" for name in scenarios.TEMPLATE_FILES]
            found = files_in_image(self.client, self.image, paths)
            overlay = scenarios.overlay(self.manifest) if len(found) == len(paths) else {}
            self._probe_files = {f"{folder}/{name}": body for name, body in overlay.items()}
        return self._probe_files


class FolderTarget(ImageTarget):
    """A plugin's folder; its image is built when something has to be started."""

    kind = "folder"
    abilities = frozenset(Need)

    def __init__(self, client: APIClient, folder: Path, manifest: Mapping[str, Any]) -> None:
        super().__init__(client, HostView.from_manifest(manifest).image, manifest)
        self.name = str(folder)
        self.folder = folder
        self._built: HostError | bool = False

    @contextmanager
    def start(self, options: StartOptions) -> Iterator[Running]:
        self.ensure_built()
        with super().start(options) as running:
            yield running

    def has_probe_logic(self) -> bool:
        self.ensure_built()
        return super().has_probe_logic()

    def ensure_built(self) -> None:
        """Builds once. Raises BuildFailed, every time."""
        if isinstance(self._built, HostError):
            raise self._built
        if not self._built:
            try:
                self.build_again()
            except HostError as error:
                self._built = error
                raise
            self._built = True

    def build_again(self) -> tuple[str | None, float]:
        """Builds as the host does; returns the image's id and the seconds. Raises BuildFailed."""
        start = time.monotonic()
        for _ in build(self.client, self.view, self.folder):
            pass
        return image_id(self.client, self.image), time.monotonic() - start


class Container(Running):
    """A container that was started as the host does."""

    def __init__(self, run: HostRun) -> None:
        self.run, self.view, self.address = run, run.view, run.address

    def ended(self) -> str | None:
        return self.run.ended()

    def exit_code(self) -> int | None:
        state = self.run.state()
        return None if state["Running"] else int(state["ExitCode"])

    def terminate(self) -> None:
        self.run.kill("SIGTERM")

    def log(self) -> str:
        return self.run.logs()


def working_directory(client: APIClient, image: str) -> str:
    """The image's WORKDIR, without a slash at the end."""
    found: list[dict[str, Any]] = client.images(image)
    if not found:
        raise HostError(f"there is no image {image} on this machine", command="docker images")
    config = client.inspect_image(found[0]["Id"])["Config"]  # type: ignore[no-untyped-call]
    return str(config.get("WorkingDir") or "").rstrip("/")


def manifest_in_image(client: APIClient, image: str) -> dict[str, Any] | None:
    """The manifest in the image's working directory, or None."""
    path = posixpath.join(working_directory(client, image) or "/", "manifest.json")
    content = files_in_image(client, image, [path]).get(path)
    document = json.loads(content) if content is not None else None
    return document if isinstance(document, dict) else None


def files_in_image(client: APIClient, image: str, paths: list[str]) -> dict[str, bytes]:
    """Those of the paths that the image has; a folder has no content."""
    import docker

    container = client.create_container(image, command=["-"])
    found: dict[str, bytes] = {}
    try:
        for path in paths:
            try:
                chunks, _ = client.get_archive(container, path)
            except docker.errors.NotFound:
                continue
            with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
                member = archive.next()
                file = archive.extractfile(member) if member and member.isfile() else None
                found[path] = file.read() if file else b""
    finally:
        client.remove_container(container, force=True)
    return found
