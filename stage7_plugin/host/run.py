"""One execution as the host runs it: create, start, poll health, execute, stop, remove."""

from __future__ import annotations

import io
import tarfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stage7_plugin.host import health
from stage7_plugin.host.engine import EngineError
from stage7_plugin.host.http_client import Address, Response, call
from stage7_plugin.host.view import HostView, host_environment, host_inputs, request_body

if TYPE_CHECKING:
    from docker import APIClient

STOP_GRACE = 10
"""Seconds between SIGTERM and SIGKILL."""

_LOG_LINES = 20
_REMOVAL_SECONDS = 30.0
"""How long a removal that has begun elsewhere may take."""
_LOG_SIZE = "64m"
"""What the engine keeps of a container's output, so that none fills the disk."""


class NotHealthy(EngineError):
    """The container ended or never became healthy; `details` are the last lines that it printed."""


@dataclass(frozen=True)
class ContainerOptions:
    """What may differ from the host's own way of starting a container."""

    environment: Mapping[str, str] = field(default_factory=host_environment)
    read_only: bool = False
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    """Path in the container -> mount options, such as "size=64m,exec"."""
    drop_capabilities: bool = False
    user: str | None = None
    health_check_seconds: int | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Absolute path in the container -> content, put there before the start."""
    host_port: int | None = None
    """Where the container's port is published; the engine chooses if None."""


class HostRun:
    """One container. As a context manager it starts it, and removes it whatever happens.

    `times` has the seconds of each phase that was gone through, in order.
    """

    def __init__(
        self,
        client: APIClient,
        view: HostView,
        options: ContainerOptions | None = None,
        image: str | None = None,
    ) -> None:
        self.view = view
        self.times: dict[str, float] = {}
        self.polls = 0
        self._client = client
        self._image = image or view.image
        self._options = options or ContainerOptions()
        # Known before it is created, so that it can be removed even if creating is interrupted.
        self.name = f"stage7-plugin-{uuid.uuid4().hex[:12]}"
        self._address: Address | None = None
        self._created_at = 0.0

    def __enter__(self) -> HostRun:
        try:
            self.start()
        except Exception:
            self.remove()
            raise
        except BaseException:  # interrupted, while the engine perhaps goes on creating it
            self.remove(patience=1.0)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def start(self) -> None:
        """Create and start it. What was created stays if that fails.

        Raises:
            EngineError: There is no such image, or the engine did not start the container.
        """
        import docker

        self._created_at = time.monotonic()
        try:
            self._create()
            if self._options.files:
                self._client.put_archive(self.name, "/", _tar(self._options.files))
            self._client.start(self.name)
        except docker.errors.ImageNotFound as error:
            raise EngineError(
                f"there is no image {self._image} on this machine", command="docker images"
            ) from error
        except docker.errors.APIError as error:
            message = error.explanation or str(error)
            raise NotHealthy(f"the container did not start: {message}") from error
        self._address = Address(self._engine_host(), self._published_port())

    @property
    def address(self) -> Address:
        """Where the container's port can be reached from here."""
        if self._address is None:
            raise RuntimeError("the container has not been started")
        return self._address

    def wait_healthy(
        self, polls: int = health.POLLS, interval: float = health.INTERVAL
    ) -> Response:
        """Polls health as the host does and returns the healthy answer. Raises NotHealthy."""
        try:
            healthy = health.poll(self.view, self.address, self.ended, polls, interval)
        except health.NeverHealthy as error:
            raise self._not_healthy(str(error)) from error
        self.polls = healthy.polls
        self.times["start to healthy"] = time.monotonic() - self._created_at
        return healthy.response

    def ended(self) -> str | None:
        """How the container came to its end, or None while it runs."""
        state = self.state()
        if state["Running"]:
            return None
        memory = ": it used more memory than its limit" if state["OOMKilled"] else ""
        return f"the container ended with exit code {state['ExitCode']}{memory}"

    def execute(self, inputs: Mapping[str, Any], trace_id: str = "trace-1") -> Response:
        """Executes with these inputs and the ones that the host always adds. Raises NoAnswer."""
        start = time.monotonic()
        payload = request_body(self.view, {**host_inputs(), **inputs}, trace_id)
        response = call(
            self.address,
            self.view.method,
            self.view.endpoint,
            payload=payload,
            timeout=self.view.timeout,
        )
        self.times["execute"] = time.monotonic() - start
        return response

    def stop(self, grace: int = STOP_GRACE) -> int:
        """SIGTERM, and SIGKILL after `grace` seconds; returns the exit code."""
        start = time.monotonic()
        self._client.stop(self.name, timeout=grace)
        self.times["stop"] = time.monotonic() - start
        return int(self.state()["ExitCode"])

    def kill(self, signal: str) -> None:
        """Sends one signal, by name."""
        self._client.kill(self.name, signal)

    def state(self) -> dict[str, Any]:
        """The engine's own account: Running, ExitCode, OOMKilled, Error, Health."""
        return dict(self._client.inspect_container(self.name)["State"])

    def users(self) -> set[str]:
        """The users, numbers or names, that the container's processes run as."""
        rows = self._client.top(self.name, ps_args="-eo user,pid")["Processes"]
        return {row[0] for row in rows}

    def logs(self) -> str:
        """Everything that it wrote to standard output and standard error."""
        raw: bytes = self._client.logs(self.name, stdout=True, stderr=True)
        return raw.decode("utf-8", "replace")

    def remove(self, patience: float = 0.0) -> None:
        """Kill it if it runs, and remove it; see remove_container."""
        remove_container(self._client, self.name, patience)

    def _create(self) -> None:
        import docker

        options, view = self._options, self.view
        # An engine on another machine can only be reached through its outer interfaces.
        interface = "127.0.0.1" if self._engine_host() == "127.0.0.1" else ""
        limits: dict[str, Any] = {}
        if view.memory is not None:
            limits["mem_limit"] = view.memory
        if view.cpu_shares is not None:
            limits["cpu_shares"] = view.cpu_shares
        if options.drop_capabilities:
            limits["cap_drop"] = ["ALL"]
            limits["security_opt"] = ["no-new-privileges"]
        host_config = self._client.create_host_config(
            port_bindings={view.port: (interface, options.host_port or "")},
            read_only=options.read_only,
            tmpfs=dict(options.tmpfs),
            log_config=docker.types.LogConfig(type="json-file", config={"max-size": _LOG_SIZE}),
            **limits,
        )
        health_check = None
        if options.health_check_seconds is not None:
            health_check = {"interval": options.health_check_seconds * 1_000_000_000}
        self._client.create_container(
            self._image,
            name=self.name,
            environment={**view.environment, **options.environment},
            ports=[view.port],
            user=options.user,
            healthcheck=health_check,
            host_config=host_config,
            labels={"stage7-plugin": "host-run"},
        )

    def _engine_host(self) -> str:
        parts = urlsplit(str(self._client.base_url))
        local = parts.scheme not in ("http", "https") or parts.hostname in ("localhost", None)
        return "127.0.0.1" if local else str(parts.hostname)

    def _published_port(self) -> int:
        bindings = self._client.port(self.name, self.view.port)
        if not bindings:
            raise self._not_healthy("the container ended as soon as it was started")
        return int(bindings[0]["HostPort"])

    def _not_healthy(self, sentence: str) -> NotHealthy:
        tail = "\n".join(self.logs().splitlines()[-_LOG_LINES:])
        return NotHealthy(sentence, details=tail, command=f"docker run --rm {self._image}")


def remove_container(client: APIClient, name: str, patience: float = 0.0) -> None:
    """Kill a container if it runs, and remove it; harmless when it is gone.

    Args:
        client: The engine.
        name: The container's name.
        patience: Seconds in which it may still come.
    """
    import docker

    until = time.monotonic() + patience
    while True:
        try:
            client.remove_container(name, force=True, v=True)
            return
        except docker.errors.NotFound:
            if time.monotonic() >= until:
                return
        except docker.errors.APIError as error:  # 409: a removal is already in progress
            if error.status_code != 409 or time.monotonic() >= until + _REMOVAL_SECONDS:
                raise
        time.sleep(0.05)


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode, entry.mtime = len(content), 0o644, int(time.time())
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
