"""The Docker engine: finding it, and building an image with its classic builder, as the host does.

The Docker SDK is imported only when an engine is asked for: it need not be installed.
"""

from __future__ import annotations

import math
import re
import shlex
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage7_plugin.errors import UserError
from stage7_plugin.host.docker_sdk import install_command
from stage7_plugin.host.view import HostView

if TYPE_CHECKING:
    from docker import APIClient

REQUEST_TIMEOUT = 600
"""Seconds that the engine may be silent: a build step may install for minutes without a word."""
BUILD_SECONDS = 1800.0
"""Longest build; a step that waits for something that never comes would take for ever."""

_TAIL_LINES = 20
_UNREACHABLE_BASE = re.compile(
    r"no such host|pull access denied|manifest .*(unknown|not found)|i/o timeout|connection refused"
    r"|TLS handshake|Client\.Timeout|network is unreachable|unauthorized",
    re.IGNORECASE,
)


class EngineError(UserError):
    """Docker, or the container that it runs, did not do what was asked."""


class EngineMissing(EngineError):
    """There is no Docker SDK, or no engine that answers."""


class BuildFailed(EngineError):
    """The image could not be built; `details` are the last lines of the build's output."""


def connect() -> APIClient:
    """The engine that `DOCKER_HOST` or the current Docker context names. Raises EngineMissing."""
    try:
        import docker
        from docker.context import ContextAPI
        from docker.utils import kwargs_from_env
    except ImportError as error:
        raise EngineMissing(
            f"the Docker SDK for Python is not installed for {sys.executable}",
            command=install_command(),
        ) from error
    settings: dict[str, Any] = dict(kwargs_from_env())
    if "base_url" not in settings:
        context = ContextAPI.get_current_context()
        settings["base_url"] = context.Host if context is not None else None
    try:
        client = docker.APIClient(version="auto", timeout=REQUEST_TIMEOUT, **settings)
        client.ping()
    except Exception as error:  # the SDK lets errors of requests and urllib3 through
        where = settings["base_url"] or "the default address"
        raise EngineMissing(
            f"no Docker engine answers at {where}: {_root_cause(error)}",
            command=_start_command(error),
        ) from error
    return client


def build_command(view: HostView, project: Path) -> str:
    """The same build, to be typed by hand."""
    context = project / view.build_context
    return shlex.join(
        ["docker", "build", "--tag", view.image, "--file", str(context / view.dockerfile)]
        + [f"--build-arg={name}={value}" for name, value in build_arguments(view).items()]
        + [str(context)]
    )


def build_arguments(view: HostView) -> dict[str, str]:
    """The build arguments that the host gives."""
    return {"PLUGIN_ID": view.plugin_id, "PLUGIN_VERSION": view.version}


def build(
    client: APIClient,
    view: HostView,
    project: Path,
    tag: str | None = None,
    context_root: Path | None = None,
    seconds: float = BUILD_SECONDS,
    labels: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Build and tag the plugin's image; yield the lines of the output as they come.

    Nothing is built until the lines are read.

    Args:
        client: The engine.
        view: The manifest as the host reads it.
        project: The plugin's folder.
        tag: The image's name, if not the manifest's.
        context_root: The folder that the build may take files from, if not `project`.
        seconds: How long the build may take. It is ended at its next line after that, or after as
            long a time without a line.
        labels: Further labels for the image.

    Raises:
        BuildFailed: The image was not built in this time; or it would have taken files from
            elsewhere.
    """
    import docker
    import requests
    import urllib3

    context = (project / view.build_context).resolve()
    command = build_command(view, project)
    _refuse_outside(context, "buildContext", view.build_context, context_root or project)
    dockerfile = context / view.dockerfile
    _refuse_outside(dockerfile, "dockerfile", view.dockerfile, context_root or project)
    if not dockerfile.is_file():
        raise BuildFailed(f"there is no {view.dockerfile} in {context}", command=command)
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    step = ""
    end = time.monotonic() + seconds
    too_long = f"it did not finish within {seconds:g} s and was cancelled"
    try:
        events = client.build(
            path=str(context),
            dockerfile=view.dockerfile,
            tag=tag or view.image,
            buildargs=build_arguments(view),
            labels=dict(labels or {}),
            rm=True,
            forcerm=True,
            decode=True,
            timeout=math.ceil(seconds),  # of silence
        )
        for event in events:
            if time.monotonic() > end:
                events.close()  # the engine ends a build that nobody listens to
                raise _build_failed(too_long, step, tail, command)
            if "error" in event:
                raise _build_failed(event["error"], step, tail, command)
            for line in event.get("stream", "").splitlines():
                if line.strip():
                    step = line if line.startswith("Step ") else step
                    tail.append(line)
                    yield line
            if "status" in event and "progress" not in event:
                yield f"{event['status']} {event.get('id', '')}".rstrip()
    except docker.errors.APIError as error:
        raise _build_failed(error.explanation or str(error), "", tail, command) from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        silent = "timed out" in str(error).lower()
        message = too_long if silent else f"the connection to the engine was lost: {error}"
        raise _build_failed(message, step, tail, command) from error


def _refuse_outside(path: Path, field: str, value: str, root: Path) -> None:
    """Raises BuildFailed for a path that leads out of `root`, by `..` or by a symbolic link."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise BuildFailed(
            f"container.{field} is {value!r}, which points outside {root}, to {path.resolve()}; "
            'the build may only use files from that folder, for example "./" '
            "(`stage7-plugin check --context-root FOLDER` allows more)"
        )


def image_id(client: APIClient, image: str) -> str | None:
    """The id of a local image, or None where there is none of that name."""
    ids = client.images(image, quiet=True)
    return str(ids[0]) if ids else None


def image_label(client: APIClient, image: str, label: str) -> str | None:
    """The value of a label of a local image; None without the image or the label."""
    for found in client.images(image):
        return (found["Labels"] or {}).get(label)
    return None


def _build_failed(message: str, step: str, tail: deque[str], command: str) -> BuildFailed:
    base = re.search(r": FROM (\S+)", step)
    if base and _UNREACHABLE_BASE.search(message):
        return BuildFailed(
            f"the base image {base[1]} is not on this machine and cannot be pulled: {message}",
            command=f"docker pull {base[1]}",
        )
    at = f" at {step!r}" if step else ""
    return BuildFailed(f"the build failed{at}: {message}", details="\n".join(tail), command=command)


def _root_cause(error: BaseException) -> str:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return str(error) or type(error).__name__


def _start_command(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, PermissionError):
            return "sudo usermod -aG docker $USER && newgrp docker"
        cause = cause.__cause__ or cause.__context__
    if sys.platform.startswith("linux"):
        return "sudo systemctl start docker"
    return "open -a Docker" if sys.platform == "darwin" else 'start "" "Docker Desktop"'
