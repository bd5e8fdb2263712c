"""Which way a plugin is started, as asked for on the command line."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stage7_plugin.dev.instance import ContainerInstance, Instance, ProcessInstance, Write
from stage7_plugin.dev.start_command import compile_runtime, start_command
from stage7_plugin.dev.tokens import Tokens
from stage7_plugin.host.env_file import read_env_file
from stage7_plugin.host.view import HostView

START_SECONDS = 60.0
"""Longest start, without the build of an image: twice what the host waits, for `go run`."""

_TO_SAY_WHY = 5.0
"""Seconds in which a plugin that has given up says so."""


@dataclass(frozen=True)
class Launch:
    """How to start the plugin in `folder`."""

    folder: Path
    tokens: Tokens
    command: str = ""
    """The user's own command, where the manifest does not say it."""
    image: bool = False
    """Whether it runs in a container of an image that is built from the folder."""
    fixed_port: bool = False
    """Whether the process listens on the manifest's port, whatever PLUGIN_PORT says."""
    env_file: str | None = None
    """A settings file; variables of the environment override it."""
    _compiled: threading.Event = field(default_factory=threading.Event)

    def start(self, manifest: Mapping[str, Any], view: HostView, write: Write) -> Instance:
        """Start it once. Raises UserError, OSError."""
        settings = settings_of(self.folder, self.env_file)
        if self.image:
            given = {**settings, **self.tokens.environment(container=True)}
            return ContainerInstance(self.folder, view, given, write)
        command = start_command(self.folder, manifest, self.command)
        if not self._compiled.is_set():
            self._compiled.set()
            compile_runtime(command, self.folder)
        # The host injects its whole environment; here, that is the developer's.
        host = {**settings, **os.environ, **self.tokens.environment()}
        environment = {**view.environment, **host}
        return ProcessInstance(command, self.folder, view, environment, write, self.fixed_port)

    def start_seconds(self, view: HostView) -> float:
        """Return how long a start may take: longer where PLUGIN_START_SECONDS allows the plugin."""
        known = {**view.environment, **settings_of(self.folder, self.env_file), **os.environ}
        given = known.get("PLUGIN_START_SECONDS", "")
        own = int(given) + _TO_SAY_WHY if given.isdecimal() else 0.0
        return max(START_SECONDS, own)


def settings_of(folder: Path, name: str | None) -> dict[str, str]:
    """Return the settings of a file; of the folder's `.env` where none is named and one is there.

    Args:
        folder: The plugin's folder; the name is relative to it.
        name: The file's path; "" for no file.

    Raises:
        UserError: See read_env_file.
    """
    if name is None:
        name = ".env" if (folder / ".env").is_file() else ""
    return read_env_file(folder / name) if name else {}
