"""A plugin as a plain process: for tests of the suite, where containers are slow."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from stage7_plugin.contract.model import Need
from stage7_plugin.contract.targets.base import LOG_BYTES, POISON, Running, StartOptions, Target
from stage7_plugin.host.http_client import Address
from stage7_plugin.host.view import HostView


class ProcessTarget(Target):
    """`command` gets the path of a manifest appended, whose port is a free one of this machine."""

    kind = "process"
    abilities = frozenset({Need.START})

    def __init__(self, command: Sequence[str], manifest: Mapping[str, Any]) -> None:
        self.name = " ".join(command)
        self.manifest = manifest
        self.view = HostView.from_manifest(manifest)
        self._command = list(command)

    @contextmanager
    def start(self, options: StartOptions) -> Iterator[Running]:
        view = replace(self.view, port=free_port())
        with tempfile.TemporaryDirectory(prefix="stage7-plugin-") as name:
            folder = Path(name)
            path = folder / "manifest.json"
            path.write_text(json.dumps(_with_port(self.manifest, view.port)))
            poisoned = folder / "poisoned"
            poisoned.mkdir()
            (poisoned / "json.py").write_bytes(POISON)
            environment = dict(options.environment)
            if options.poisoned_pythonpath:
                environment["PYTHONPATH"] = str(poisoned)
            process = subprocess.Popen(
                [*self._command, str(path)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=name,
            )
            running = _Process(process, view, folder / "log")
            try:
                yield running
            finally:
                process.kill()
                process.wait()
                running.close()


class _Process(Running):
    def __init__(self, process: subprocess.Popen[bytes], view: HostView, log: Path) -> None:
        self.view, self.address = view, Address("127.0.0.1", view.port)
        self._process, self._log = process, log
        self._unread = threading.Event()
        log.touch()
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Give back what reading takes; the process has ended."""
        self._unread.set()
        self._reader.join(1)  # a child of it may hold the pipe open
        if self._process.stdout and not self._reader.is_alive():
            self._process.stdout.close()

    def ended(self) -> str | None:
        code = self.exit_code()
        return None if code is None else f"the process ended with exit code {code}"

    def exit_code(self) -> int | None:
        return self._process.poll()

    def send_sigterm(self) -> None:
        os.kill(self._process.pid, signal.SIGTERM)

    def kill(self) -> None:
        self._process.kill()

    def log(self) -> str:
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - LOG_BYTES))
            return file.read().decode("utf-8", "replace")

    def command_lines(self) -> str:
        return " ".join(str(part) for part in self._process.args)  # type: ignore[union-attr]

    def leave_output_unread(self) -> None:
        self._unread.set()

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        with self._log.open("ab", buffering=0) as log:
            while not self._unread.is_set():
                block = os.read(self._process.stdout.fileno(), 65536)
                if not block:
                    return
                log.write(block)


def free_port() -> int:
    """Return one below those that outgoing connections take, so that none takes it in between."""
    while True:
        port = random.SystemRandom().randrange(10_000, 30_000)  # whatever seeds the other one
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def _with_port(manifest: Mapping[str, Any], port: int) -> dict[str, Any]:
    container = {**manifest["container"], "ports": [{"container": port, "host": 0}]}
    return {**manifest, "container": container}
