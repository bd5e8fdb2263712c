"""A plugin as a container, from an image or from a folder that is built first."""

from __future__ import annotations

import contextlib
import io
import json
import posixpath
import shlex
import tarfile
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.contract import scenarios
from stage7_plugin.contract.model import Need
from stage7_plugin.contract.targets import compiled
from stage7_plugin.contract.targets.base import POISON, Rebuild, Running, StartOptions, Target
from stage7_plugin.contract.targets.container import Container
from stage7_plugin.host.engine import BUILD_SECONDS, EngineError, build, build_command, image_id
from stage7_plugin.host.run import ContainerOptions, HostRun, remove_container
from stage7_plugin.host.view import HostView, ManifestUnusable
from stage7_plugin.spec.languages import TELLING_FILES, language_of

if TYPE_CHECKING:
    from docker import APIClient

_POISONED = "/opt/host/python"
_TAG, _TAG_OF_SCENARIOS = "checked", "scenarios"
_MOST_OF_A_FILE = 16 * 1024 * 1024
"""Bytes of a file in an image that are read."""


class ImageTarget(Target):
    """An image that is there."""

    kind = "image"
    abilities = frozenset({Need.START, Need.CONTAINER})

    def __init__(self, client: APIClient, image: str, manifest: Mapping[str, Any]) -> None:
        self.client = client
        self.name = self.image = image
        self.manifest = manifest
        self.view = HostView.from_manifest(manifest)
        self._scenario_files: dict[str, bytes] | None = None
        self.start_command = self._run_command(image)

    @contextmanager
    def start(self, options: StartOptions) -> Iterator[Running]:
        files: dict[str, bytes] = {}
        environment = dict(options.environment)
        view, image = self.view, self.image
        if options.poisoned_pythonpath:
            environment["PYTHONPATH"] = _POISONED
            files[f"{_POISONED}/json.py"] = POISON
        if options.scenario_logic:
            image = self._scenario_image()
            files.update(self._scenario_logic_files())
            of_scenarios = HostView.from_manifest(scenarios.manifest_for_scenarios(self.manifest))
            view = replace(of_scenarios, environment=view.environment)
        container = ContainerOptions(
            environment=environment,
            read_only=options.read_only,
            # As `make up`, Compose and Kubernetes start it.
            tmpfs={"/tmp": "exec"} if options.read_only else {},
            drop_capabilities=options.drop_capabilities,
            user=options.user,
            health_check_seconds=options.health_check_seconds,
            files=files,
        )
        with HostRun(self.client, view, container, image) as run:
            running = Container(self.client, run)
            try:
                yield running
            finally:
                running.read_output_again()

    def _run_command(self, image: str) -> str:
        port = self.view.port
        return shlex.join(["docker", "run", "--rm", "--publish", f"{port}:{port}", image])

    def has_scenario_logic(self) -> bool:
        return bool(self._scenario_logic_files())

    def _scenario_image(self) -> str:
        """The image that answers to scenarios, once it has the files of the suite's logic."""
        return self.image

    def _scenario_logic_files(self) -> dict[str, bytes]:
        """The files that put the suite's logic in the plugin's place; none for other plugins."""
        if self._scenario_files is None:
            folder = working_directory(self.client, self.image)
            paths = {f"{folder}/{name}": name for name in TELLING_FILES}
            found = files_in_image(self.client, self.image, list(paths))
            language = language_of({paths[path] for path in found})
            overlay = scenarios.overlay(language, self.manifest) if language else {}
            self._scenario_files = {f"{folder}/{name}": body for name, body in overlay.items()}
        return self._scenario_files


class FolderTarget(ImageTarget):
    """A plugin's folder; its image is built when something has to be started.

    The image gets a name of its own, so that nothing is replaced that the manifest's name means,
    and goes when the target is closed.
    """

    kind = "folder"
    abilities = frozenset(Need)

    def __init__(
        self,
        client: APIClient,
        folder: Path,
        manifest: Mapping[str, Any],
        context_root: Path | None = None,
        build_seconds: float = BUILD_SECONDS,
    ) -> None:
        own = f"stage7-plugin-check/{uuid.uuid4().hex[:12]}:{_TAG}"
        super().__init__(client, own, manifest)
        self.name = str(folder)
        self.folder = folder
        self._context_root = context_root
        self._build_seconds = build_seconds
        run = shlex.join(
            ["docker", "run", "--rm", "--publish", f"{self.view.port}:{self.view.port}"]
        )
        self.start_command = f"{build_command(self.view, folder)} && {run} {self.view.image}"
        self._built: EngineError | bool = False
        self._compiled = compiled.compiled_language(folder)
        self._of_scenarios = ""
        self._building = threading.Lock()

    @contextmanager
    def start(self, options: StartOptions) -> Iterator[Running]:
        self.ensure_built()
        with super().start(options) as running:
            yield running

    def has_scenario_logic(self) -> bool:
        self.ensure_built()
        return bool(self._scenario_image()) if self._compiled else super().has_scenario_logic()

    def _scenario_image(self) -> str:
        if self._compiled is None:
            return self.image
        with self._building:
            if not self._of_scenarios:
                name = self.image.removesuffix(_TAG) + _TAG_OF_SCENARIOS
                with compiled.with_scenario_logic(
                    self.folder, self._compiled, self.manifest
                ) as copy:
                    for _ in build(self.client, self.view, copy, name, seconds=self._build_seconds):
                        pass
                self._of_scenarios = name
        return self._of_scenarios

    def ensure_built(self) -> None:
        """Build once. Raises BuildFailed, every time."""
        if isinstance(self._built, EngineError):
            raise self._built
        if not self._built:
            try:
                self._build()
            except EngineError as error:
                self._built = error
                raise
            self._built = True

    def rebuild(self) -> Rebuild:
        before, start = image_id(self.client, self.image), time.monotonic()
        self._build()
        seconds = time.monotonic() - start
        return Rebuild(image_id(self.client, self.image) == before, seconds)

    def close(self) -> None:
        import docker

        for image in filter(None, (self._of_scenarios, self.image)):
            with contextlib.suppress(docker.errors.APIError):  # it was never built, or is gone
                self.client.remove_image(image, force=True)

    def _build(self) -> None:
        root, seconds = self._context_root, self._build_seconds
        for _ in build(self.client, self.view, self.folder, self.image, root, seconds):
            pass


def working_directory(client: APIClient, image: str) -> str:
    """The image's WORKDIR, without a slash at the end."""
    found: list[dict[str, Any]] = client.images(image)
    if not found:
        raise EngineError(
            f"there is no folder and no image {image} on this machine", command="docker images"
        )
    config = client.inspect_image(found[0]["Id"])["Config"]  # type: ignore[no-untyped-call]
    return str(config.get("WorkingDir") or "").rstrip("/")


def manifest_in_image(client: APIClient, image: str) -> dict[str, Any] | None:
    """Return the manifest in the image's working directory, or None.

    Raises EngineError, ManifestUnusable.
    """
    path = posixpath.join(working_directory(client, image) or "/", "manifest.json")
    content = files_in_image(client, image, [path]).get(path)
    try:
        document = json.loads(content) if content is not None else None
    except (ValueError, RecursionError) as error:
        raise ManifestUnusable(f"{path} in {image} is not JSON: {error}") from error
    return document if isinstance(document, dict) else None


def files_in_image(client: APIClient, image: str, paths: list[str]) -> dict[str, bytes]:
    """Those of the paths that the image has; a folder has no content."""
    import docker

    # Named before it is created, so that it can be removed even if creating is interrupted.
    container = f"stage7-plugin-{uuid.uuid4().hex[:12]}"
    found: dict[str, bytes] = {}
    try:
        client.create_container(image, command=["-"], name=container)
        for path in paths:
            try:
                chunks, _ = client.get_archive(container, path)
            except docker.errors.NotFound:
                continue
            with tarfile.open(fileobj=io.BytesIO(_bounded(chunks, path))) as archive:
                member = archive.next()
                file = archive.extractfile(member) if member and member.isfile() else None
                found[path] = file.read() if file else b""
    except BaseException:
        remove_container(client, container, patience=1.0)
        raise
    remove_container(client, container)
    return found


def _bounded(chunks: Iterable[bytes], path: str) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > _MOST_OF_A_FILE:
            raise EngineError(f"{path} in the image has more than {_MOST_OF_A_FILE} bytes")
    return bytes(content)
