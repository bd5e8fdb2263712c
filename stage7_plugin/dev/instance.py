"""A plugin that was started here: a process, or a container of an image built from its folder."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from stage7_plugin.contract.targets.process import free_port
from stage7_plugin.host import engine
from stage7_plugin.host.http_client import Address
from stage7_plugin.host.run import STOP_GRACE, ContainerOptions, HostRun
from stage7_plugin.host.view import HostView

Write = Callable[[str], None]
"""Takes one line of the plugin's output; called in a thread of its own."""

_WRAPPERS = ("go", "npm", "npx", "pnpm", "yarn", "sh", "bash", "make")
"""Programs that start the plugin as a child and do not pass SIGTERM on."""
_LAST_OUTPUT_SECONDS = 1.0


class Instance(ABC):
    """One start of a plugin, healthy or not."""

    address: Address
    view: HostView

    @abstractmethod
    def ended(self) -> str | None:
        """Return how it came to its end, or None while it runs."""

    def elsewhere(self) -> str:
        """Return a sentence if it seems to listen on another port than it was told, else ""."""
        return ""

    @abstractmethod
    def stop(self) -> None:
        """End it as the host does: SIGTERM, SIGKILL after 10 s; its output is read to the end."""


class ProcessInstance(Instance):
    """A process of this machine, on a free port."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        view: HostView,
        environment: Mapping[str, str],
        write: Write,
        fixed_port: bool = False,
    ) -> None:
        port = view.port if fixed_port else free_port()
        self.view, self.address = replace(view, port=port), Address("127.0.0.1", port)
        # Only what was free can have been taken by this process.
        self._other_port = 0 if port == view.port or _listens(view.port) else view.port
        own = {"PLUGIN_PORT": str(port), "PLUGIN_HOST": "127.0.0.1"}
        filled = [part.replace("{port}", str(port)) for part in command]
        self._group = Path(filled[0]).name in _WRAPPERS
        self._process = subprocess.Popen(
            filled,
            cwd=folder,
            env={**environment, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C at the terminal is only for the host
        )
        self._reader = threading.Thread(target=self._read, args=(write,), daemon=True)
        self._reader.start()

    def ended(self) -> str | None:
        """Return its exit code in a sentence, or None while it runs."""
        code = self._process.poll()
        return None if code is None else f"the plugin ended with exit code {code}"

    def elsewhere(self) -> str:
        """Return a sentence if the manifest's port was taken instead of the one in PLUGIN_PORT."""
        if not self._other_port or _listens(self.view.port) or not _listens(self._other_port):
            return ""
        return (
            f"the plugin listens on the manifest's port {self._other_port} instead of "
            f"PLUGIN_PORT={self.view.port}; add --fixed-port, or let it read PLUGIN_PORT"
        )

    def stop(self) -> None:
        """End it; what runs is drained first."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM, self._group)
            try:
                self._process.wait(STOP_GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if os.name != "nt":
            self._signal(signal.SIGKILL, True)  # children that it left behind
        self._reader.join(_LAST_OUTPUT_SECONDS)

    def _signal(self, number: int, group: bool) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group and os.name != "nt":
                os.killpg(self._process.pid, number)
            else:
                os.kill(self._process.pid, number)

    def _read(self, write: Write) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                write(line.decode("utf-8", "replace").rstrip("\r\n"))


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class ContainerInstance(Instance):
    """A container, as the host starts one; the image is built first, from the folder."""

    def __init__(
        self, folder: Path, view: HostView, environment: Mapping[str, str], write: Write
    ) -> None:
        client = engine.connect()
        tag = f"stage7-dev/{view.plugin_id}:dev"
        for line in engine.build(client, view, folder, tag=tag):
            if line.startswith("Step "):
                write(line)
        self.view = view
        self._run = HostRun(client, view, ContainerOptions(environment=environment), image=tag)
        self._run.__enter__()
        self.address = self._run.address
        self._reader = threading.Thread(target=self._read, args=(client, write), daemon=True)
        self._reader.start()

    def ended(self) -> str | None:
        """Return how the container ended, or None while it runs."""
        try:
            return self._run.ended()
        except Exception as error:  # it is gone, or the engine is
            return f"the container is gone: {error}"

    def stop(self) -> None:
        """Stop and remove it."""
        with contextlib.suppress(Exception):
            self._run.stop()
        self._reader.join(_LAST_OUTPUT_SECONDS)
        self._run.remove()

    def _read(self, client: Any, write: Write) -> None:
        rest = b""
        with contextlib.suppress(Exception):  # the container was removed meanwhile
            for block in client.logs(self._run.name, stream=True, follow=True):
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    write(line.decode("utf-8", "replace"))
