"""One execution: build, start, poll, execute and stop through the engine, as the host does it."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.host import engine, health
from stage7_plugin.host.http_client import NoAnswer
from stage7_plugin.host.run import ContainerOptions, HostRun
from stage7_plugin.host.stand_in.errors import EXECUTION_FAILED, Failure
from stage7_plugin.host.stand_in.outputs import handed_on
from stage7_plugin.host.view import HostView, ManifestUnusable, host_environment
from stage7_plugin.host_facts import PERMISSIONS

if TYPE_CHECKING:
    from docker import APIClient


PORTS = range(8080, 9000)
"""What the host publishes plugins on, lowest first."""


class _Broken(Exception):
    """A phase failed; the message says which and why. The host drops it."""


class Executor:
    """Runs plugins in the engine.

    Args:
        strict: Whether the host's faults are left out: a failed build is a failure, and so is
            `success: false`; an unhealthy container is removed; the error says what failed; only
            the manifest's environment is injected.
        polls: How often health is asked for.
        interval: Seconds between two polls.
        ports: What containers are published on. The host takes the first that it has not given out
            itself. If another program has it, that attempt fails, and the port is never tried
            again. The engine chooses a free port if None.
    """

    def __init__(
        self,
        strict: bool,
        polls: int = health.POLLS,
        interval: float = health.INTERVAL,
        ports: Sequence[int] | None = None,
    ) -> None:
        self.strict = strict
        self.times: dict[str, float] = {}
        """Seconds of each phase of the last execution."""
        self._polls, self._interval = polls, interval
        self._client: APIClient | None = None
        self._left: list[HostRun] = []
        self._ports = ports
        self._used: set[int | None] = set()
        self._choosing = threading.Lock()

    def execute(
        self, manifest: Mapping[str, Any], folder: Path, inputs: Mapping[str, Any], trace_id: str
    ) -> list[dict[str, Any]]:
        """Build the folder and execute the plugin; return the host's list of outputs.

        Raises:
            Failure: A phase failed. Its text is the host's, which says nothing, unless strict.
        """
        try:
            return self._execute(manifest, folder, inputs, trace_id)
        except _Broken as error:
            cause = str(error) if self.strict else "undefined"
            keys = {"plugin_id": "id", "verb": "verb", "version": "version"}
            details = {name: manifest.get(key) for name, key in keys.items()}
            raise Failure(
                500,
                EXECUTION_FAILED,
                f"Execution failed for plugin {manifest.get('id')} "
                f"v{manifest.get('version')}: {cause}",
                {**details, "original_error_details": "[object Object]"},
            ) from error

    def close(self) -> None:
        """Remove the containers that the host would have left running."""
        while self._left:
            self._left.pop().remove()

    def _execute(
        self, manifest: Mapping[str, Any], folder: Path, inputs: Mapping[str, Any], trace_id: str
    ) -> list[dict[str, Any]]:
        view = _view(manifest)
        if not (folder / view.dockerfile).is_file():
            raise _Broken(
                f"build: ENOENT: no such file or directory, access '{folder / view.dockerfile}'"
            )
        if self._client is None:
            self._client = engine.connect()
        self.times = {}
        self._build(self._client, view, folder)
        environment = {} if self.strict else host_environment()
        port = self._port()
        options = ContainerOptions(environment=environment, host_port=port)
        run = HostRun(self._client, view, options)
        try:
            run.start()
            run.wait_healthy(self._polls, self._interval)
        except engine.EngineError as error:
            # The host removes nothing that did not become healthy, and keeps its port.
            if self.strict:
                run.remove()
            else:
                self._left.append(run)
            raise _Broken(f"start: {error.sentence}\n{error.details}".rstrip()) from error
        except BaseException:
            run.remove(patience=1.0)
            raise
        try:
            return self._outputs(run, inputs, trace_id)
        finally:
            run.stop()
            run.remove()
            self._used.discard(port)
            self.times.update(run.times)

    def _port(self) -> int | None:
        if self._ports is None:
            return None
        with self._choosing:
            port = next((one for one in self._ports if one not in self._used), None)
            if port is None:
                raise _Broken("start: No available ports in range")
            self._used.add(port)
        return port

    def _build(self, client: APIClient, view: HostView, folder: Path) -> None:
        try:
            for _line in engine.build(client, view, folder):
                pass
        except engine.BuildFailed as error:
            # The host does not look for errors in the build's output, and runs what has the tag.
            # A Dockerfile that the engine cannot read is another thing: it refuses the request.
            if self.strict or error.__cause__ is not None:
                raise _Broken(f"build: {error.sentence}\n{error.details}".rstrip()) from error

    def _outputs(
        self, run: HostRun, inputs: Mapping[str, Any], trace_id: str
    ) -> list[dict[str, Any]]:
        try:
            answer = run.execute(inputs, trace_id)
        except NoAnswer as error:
            raise _Broken(f"execute: {error}") from error
        if not answer.succeeded:
            raise _Broken(f"execute: the plugin answered {answer.summary()}")
        document = answer.document if isinstance(answer.document, dict) else {}
        if self.strict and document.get("success") is not True:
            raise _Broken(f"execute: the plugin answered {answer.summary()}")
        return handed_on(document)


def _view(manifest: Mapping[str, Any]) -> HostView:
    """What the host reads of the manifest, and what it checks before it does anything."""
    security = manifest.get("security")
    permissions = security.get("permissions") if isinstance(security, dict) else None
    if not isinstance(permissions, list):
        raise _Broken("Plugin permission validation failed: Missing permissions in manifest")
    unknown = [name for name in permissions if name not in PERMISSIONS]
    if unknown:
        raise _Broken(f"Plugin permission validation failed: Unknown permission: {unknown[0]}")
    container = manifest.get("container") or {}
    for key in ("resources", "healthCheck"):  # read without a look whether they are there
        if not isinstance(container.get(key), dict):
            raise _Broken(f"start: Cannot read properties of undefined (container.{key})")
    with contextlib.suppress(KeyError):
        if not isinstance(container["healthCheck"]["timeout"], str):
            raise _Broken("start: container.healthCheck.timeout is not a text")
    try:
        view = HostView.from_manifest(manifest)
    except ManifestUnusable as error:
        raise _Broken(f"start: {error}") from error
    return dataclasses.replace(view, build_context=".")  # `buildContext` is never used
