"""What the rules know of a target."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from stage7_plugin.contract.model import Need
from stage7_plugin.host.http_client import Address
from stage7_plugin.host.view import HostView


@dataclass(frozen=True)
class StartOptions:
    """How a plugin is started. Only a container can be confined or given files."""

    environment: Mapping[str, str] = field(default_factory=dict)
    poisoned_pythonpath: bool = False
    """PYTHONPATH names a folder whose `json.py` raises."""
    probe_logic: bool = False
    read_only: bool = False
    drop_capabilities: bool = False
    user: str | None = None
    health_check_seconds: int | None = None


class Running(ABC):
    """A plugin that was started, healthy or not."""

    view: HostView
    address: Address

    @abstractmethod
    def ended(self) -> str | None:
        """How it came to its end, or None while it runs."""

    @abstractmethod
    def exit_code(self) -> int | None:
        """None while it runs."""

    @abstractmethod
    def terminate(self) -> None:
        """Sends SIGTERM, as the host does."""

    @abstractmethod
    def log(self) -> str:
        """Everything that it wrote to standard output and standard error."""

    def wait(self, seconds: float) -> float | None:
        """Waits for its end; returns the seconds it took, or None where it runs on."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if self.ended():
                return time.monotonic() - start
            time.sleep(0.01)
        return None


class Target(ABC):
    """Something to check."""

    kind: str
    name: str
    manifest: Mapping[str, Any]
    view: HostView
    abilities: frozenset[Need]

    @abstractmethod
    def start(self, options: StartOptions) -> AbstractContextManager[Running]:
        """Starts it and, in the end, stops and removes it. Raises HostError."""

    def has_probe_logic(self) -> bool:
        """Whether the suite's probe can stand in for the plugin's logic."""
        return False


POISON = b"raise ImportError('PYTHONPATH of the host is in use')\n"
"""The `json.py` that a poisoned PYTHONPATH leads to."""
