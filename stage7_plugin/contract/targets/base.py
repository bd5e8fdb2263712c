"""What the rules know of a target."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.model import Need
from stage7_plugin.host import health
from stage7_plugin.host.http_client import Address, NoAnswer
from stage7_plugin.host.view import HostView

LOG_BYTES = 16 * 1024 * 1024
"""The newest bytes of a log that are looked at."""
LIVES_ON = 0.05
"""Seconds after which a plugin that says it is healthy is not about to end."""


@dataclass(frozen=True)
class StartOptions:
    """How a plugin is started. Only a container can be confined or given files."""

    environment: Mapping[str, str] = field(default_factory=dict)
    poisoned_pythonpath: bool = False
    """PYTHONPATH names a folder whose `json.py` raises."""
    scenario_logic: bool = False
    read_only: bool = False
    drop_capabilities: bool = False
    user: str | None = None
    health_check_seconds: int | None = None


@dataclass(frozen=True)
class Rebuild:
    """What a second build gave."""

    same_image: bool
    seconds: float


class Running(ABC):
    """A plugin that was started, healthy or not."""

    view: HostView
    address: Address
    told_to_end = False
    """Whether its end, if it came, was asked for."""
    polls_to_healthy = 0
    """At which poll of health it was healthy; the first is 1."""

    @abstractmethod
    def ended(self) -> str | None:
        """Return how it came to its end, or None while it runs."""

    @abstractmethod
    def exit_code(self) -> int | None:
        """Return its exit code; None while it runs."""

    @abstractmethod
    def send_sigterm(self) -> None:
        """Send SIGTERM, as the host does."""

    def kill(self) -> None:  # noqa: B027  (what was not started here is not ended here)
        """End it at once, whatever uses it."""

    @abstractmethod
    def log(self) -> str:
        """Return what it wrote to standard output and standard error, the newest LOG_BYTES."""

    def terminate(self) -> None:
        """Ask it to end."""
        self.told_to_end = True
        self.send_sigterm()

    def wait(self, seconds: float) -> float | None:
        """Wait for its end; return the seconds it took, or None where it runs on."""
        start = time.monotonic()
        while True:
            if self.ended():
                return time.monotonic() - start
            if time.monotonic() - start >= seconds:
                return None
            time.sleep(0.01)

    def death(self, patience: float = 0.0) -> str | None:
        """Return how it ended unasked, with the last lines of its log, or None.

        Args:
            patience: Seconds in which an end may still become known.
        """
        if self.told_to_end or not self._ends(patience):
            return None
        return f"{self.ended()}{self.last_lines()}"

    def _ends(self, patience: float) -> bool:
        """Whether it ends in time; a healthy plugin is not waited for."""
        if self.wait(min(patience, LIVES_ON)) is not None:
            return True
        if patience <= LIVES_ON or self._is_healthy():
            return False
        return self.wait(patience - LIVES_ON) is not None

    def _is_healthy(self) -> bool:
        try:
            return health.is_healthy(health.ask(self.view, self.address, timeout=1.0))
        except NoAnswer:
            return False

    def last_lines(self, count: int = 10) -> str:
        """Return the end of its log as a paragraph to append; empty where there is none."""
        try:
            lines = self.log().splitlines()[-count:]
        except NotCheckable:
            return ""
        return "".join(f"\n{line}" for line in ["its last lines:", *lines]) if lines else ""

    def leave_output_unread(self) -> None:
        """Stop taking what it writes, so that a pipe fills. Raises NotCheckable."""
        raise NotCheckable(Need.START.value)

    def wait_for_stalled_output(self, seconds: float) -> None:  # noqa: B027
        """Wait until no more of its unread output is taken. A pipe needs no time for that."""

    def users(self) -> set[str]:
        """Return the users that its processes run as. Raises NotCheckable."""
        raise NotCheckable(Need.CONTAINER.value)

    def own_health_check(self) -> tuple[str, str] | None:
        """Return status and output of the image's HEALTHCHECK, if any. Raises NotCheckable."""
        raise NotCheckable(Need.CONTAINER.value)

    def command_lines(self) -> str:
        """Return what is known of the programs that run. Raises NotCheckable."""
        raise NotCheckable(Need.START.value)


class Target(ABC):
    """Something to check. Close it in the end."""

    kind: str
    name: str
    manifest: Mapping[str, Any]
    view: HostView
    abilities: frozenset[Need]
    start_command = ""
    """What starts it by hand so that `url` answers; empty where it runs already."""

    @property
    def url(self) -> str:
        """Where it answers once it has been started by hand."""
        return f"http://localhost:{self.view.port}"

    @abstractmethod
    def start(self, options: StartOptions) -> AbstractContextManager[Running]:
        """Start it and, in the end, stop and remove it. Raises EngineError."""

    def has_scenario_logic(self) -> bool:
        """Return whether the suite's own logic can take the place of the plugin's."""
        return False

    def ensure_built(self) -> None:
        """Build its image, once. Raises BuildFailed, NotCheckable."""
        raise NotCheckable(Need.FOLDER.value)

    def rebuild(self) -> Rebuild:
        """Build its image once more. Raises BuildFailed, NotCheckable."""
        raise NotCheckable(Need.FOLDER.value)

    def close(self) -> None:  # noqa: B027  (most targets have made nothing)
        """Remove what was made for the check."""


POISON = b"raise ImportError('PYTHONPATH of the host is in use')\n"
"""The `json.py` that a poisoned PYTHONPATH leads to."""
