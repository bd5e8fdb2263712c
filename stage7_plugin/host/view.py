"""What the host takes from a manifest, and what it sends along with every execution.

Source: the code of Stage7's CapabilitiesManager. Nothing here talks to anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError

DEFAULT_HEALTH_TIMEOUT = 10.0
"""Seconds; used where `healthCheck.timeout` is not of the one form that the host reads."""

_MEMORY_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


class ManifestUnusable(UserError):
    """The host could do nothing with this manifest. The message is one sentence."""


@dataclass(frozen=True)
class HostView:
    """A manifest as the host reads it. Times in seconds, memory in bytes (None: no limit)."""

    plugin_id: str
    version: str
    image: str
    dockerfile: str
    build_context: str
    port: int
    health_path: str
    health_timeout: float
    endpoint: str
    method: str
    timeout: float
    memory: int | None
    cpu_shares: int | None
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> HostView:
        """Raises ManifestUnusable where a field is missing that the host cannot do without."""
        container = _get(manifest, "container", dict, '{"image": "stage7/text-echo:1.0.0", ...}')
        api = _get(manifest, "api", dict, '{"endpoint": "/execute", "method": "POST"}')
        ports = _get(container, "container.ports", list, '[{"container": 8080, "host": 0}]')
        if not ports or not isinstance(ports[0], dict):
            raise ManifestUnusable(
                'container.ports is empty; it must be like [{"container": 8080, "host": 0}]'
            )
        health = container.get("healthCheck") or {}
        resources = container.get("resources") or {}
        return cls(
            plugin_id=_get(manifest, "id", str, '"text-echo"'),
            version=_get(manifest, "version", str, '"1.0.0"'),
            image=_get(container, "container.image", str, '"stage7/text-echo:1.0.0"'),
            dockerfile=_get(container, "container.dockerfile", str, '"Dockerfile"'),
            build_context=_get(container, "container.buildContext", str, '"./"'),
            port=_get(ports[0], "container.ports[0].container", int, "8080"),
            health_path=health.get("path", "/health"),
            health_timeout=_health_timeout(health.get("timeout")),
            endpoint=_get(api, "api.endpoint", str, '"/execute"'),
            method=_get(api, "api.method", str, '"POST"'),
            timeout=float(api.get("timeout", 30000)) / 1000,
            memory=_memory(resources.get("memory")),
            cpu_shares=_cpu_shares(resources.get("cpu")),
            environment={k: str(v) for k, v in (container.get("environment") or {}).items()},
        )


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest in `path`, a file. Raises ManifestUnusable."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ManifestUnusable(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ManifestUnusable(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ManifestUnusable(f"{path} must hold a JSON object")
    return document


def manifest_of_url(url: str, given: Path | None) -> dict[str, Any]:
    """The manifest of a running plugin: the given file, or that of this folder.

    Raises:
        ManifestUnusable: It cannot be used; the text says which option names another one.
    """
    if given is None and not Path("manifest.json").is_file():
        raise ManifestUnusable(
            f"there is no manifest.json in this folder for {url}; name it with --manifest FILE"
        )
    return read_manifest(given or Path("manifest.json"))


def plugin_folders(folder: Path) -> list[Path]:
    """Return the folder if it has a manifest, else the folders directly inside it that have one."""
    if (folder / "manifest.json").is_file():
        return [folder]
    return sorted(path.parent for path in folder.glob("*/manifest.json"))


def host_environment(tokens: Mapping[str, str] | None = None) -> dict[str, str]:
    """The host's own variables, which override the image's and the manifest's.

    The paths exist in no image: the host's own machine decides what they are.
    """
    environment = {
        "PATH": "/opt/host/bin",
        "HOME": "/opt/host/home",
        "HOSTNAME": "capabilitiesmanager",
        "PORT": "5060",
        "NODE_ENV": "production",
        "NODE_OPTIONS": "--max-old-space-size=4096",
        "PYTHONPATH": "/opt/host/python",
        "PYTHONHOME": "/opt/host/python",
        "CM_URL": "http://capabilitiesmanager:5060",
        "LIBRARIAN_URL": "http://librarian:5040",
        "S7_CM_TOKEN": "host-token-of-the-capabilities-manager",
        "S7_BRAIN_TOKEN": "host-token-of-the-brain",
    }
    environment.update(tokens or {})
    return environment


def host_inputs(tokens: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The inputs that come with every execution although no plugin declares them."""
    inputs: dict[str, Any] = {
        "stepId": "7e0f6a52-6a0e-4f57-9d0c-2f6b6f6f0f11",
        "missionId": "c3f1d7a2-51f4-4a43-8a06-93a6a6c8b7d4",
        "availablePlugins": json.dumps([{"id": "plugin-ECHO", "verb": "ECHO", "version": "1.0.0"}]),
        "postOffice_url": "postoffice:5020",
        "brain_url": "brain:5070",
        "librarian_url": "librarian:5040",
        "missioncontrol_url": "missioncontrol:5030",
        "__auth_token": "host-bearer-token-for-the-plugin",
        "__brain_auth_token": "host-bearer-token-for-the-brain",
    }
    inputs.update(tokens or {})
    return inputs


def request_body(
    view: HostView, inputs: Mapping[str, Any], trace_id: str = "trace-1"
) -> dict[str, Any]:
    """What the host posts for one execution."""
    context = {"trace_id": trace_id, "plugin_id": view.plugin_id, "version": view.version}
    return {"inputs": dict(inputs), "context": context}


def _get(fields: Mapping[str, Any], path: str, kind: type, example: str) -> Any:
    key = path.rsplit(".", 1)[-1]
    value = fields.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        state = "is missing" if value is None else f"is {value!r}"
        raise ManifestUnusable(f"{path} {state}; the host needs it, for example {example}")
    return value


def _health_timeout(value: object) -> float:
    match = re.fullmatch(r"(\d+)s", value) if isinstance(value, str) else None
    return float(match[1]) if match else DEFAULT_HEALTH_TIMEOUT


def _memory(value: object) -> int | None:
    # The host drops a limit that it cannot read without saying so.
    match = re.fullmatch(r"(\d+)([kmg]?)", value, re.IGNORECASE) if isinstance(value, str) else None
    return int(match[1]) * _MEMORY_UNITS[match[2].lower()] if match else None


def _cpu_shares(value: object) -> int | None:
    try:
        shares = int(float(str(value)) * 1024)
    except ValueError:
        return None
    return shares if shares > 0 else None
