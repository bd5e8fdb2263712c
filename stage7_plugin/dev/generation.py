"""One start of the plugin with the files of one moment: starting, then ready or failed."""

from __future__ import annotations

import threading
import time
from typing import Any

from stage7_plugin.dev import log_lines
from stage7_plugin.dev.events import Events
from stage7_plugin.dev.instance import Instance
from stage7_plugin.dev.launch import Launch
from stage7_plugin.dev.problems import ManifestProblems, Problem, checked_manifest, found_in_log
from stage7_plugin.dev.snapshot import Snapshot
from stage7_plugin.errors import UserError
from stage7_plugin.host import health
from stage7_plugin.host.http_client import NoAnswer
from stage7_plugin.host.view import HostView

STARTING, READY, FAILED = "starting", "ready", "failed"
_POLL_SECONDS = 0.005
_ASK_ELSEWHERE = 1.0
"""Seconds until it may be said that the plugin listens on another port."""
_KEPT_LINES = 200


class Generation:
    """Starts in a thread of its own; `settled` is set when it is ready or failed."""

    def __init__(
        self, number: int, launch: Launch, events: Events, files: Snapshot, reason: str
    ) -> None:
        self.number, self.files, self.reason = number, files, reason
        self.state = STARTING
        self.problems: list[Problem] = []
        self.manifest: dict[str, Any] = {}
        self.view: HostView | None = None
        self.instance: Instance | None = None
        self.seconds = 0.0
        self.settled = threading.Event()
        self._launch, self._events = launch, events
        self._lines: list[dict[str, Any]] = []
        self._cancelled = threading.Event()
        self._stopping = threading.Lock()
        self._stopped = False

    def start(self) -> None:
        """Start, and return when it is ready or failed."""
        begin = time.monotonic()
        self._tell()
        try:
            self._start()
        except ManifestProblems as error:
            self._fail(error.problems)
        except (UserError, OSError, RuntimeError) as error:
            details = getattr(error, "details", "")
            self._fail([Problem(f"{error}\n{details}".rstrip())])
        finally:
            self.seconds = time.monotonic() - begin
            self.settled.set()
        if not self._cancelled.is_set():
            self._tell()

    def stop(self) -> None:
        """Give up starting, or drain and end what runs; safe to repeat."""
        self._cancelled.set()
        with self._stopping:
            if self.instance is not None and not self._stopped:
                self._stopped = True
                self.instance.stop()

    def died(self) -> str | None:
        """Return how it ended unasked after it was ready, or None."""
        if self.state != READY or self._cancelled.is_set() or self.instance is None:
            return None
        return self.instance.ended()

    def fail_because(self, how: str) -> None:
        """Say that it died, and how."""
        self._fail([found_in_log(self._lines, self._launch.folder, how)])
        self._tell()

    def as_json(self) -> dict[str, Any]:
        """Return its state for the page."""
        return {
            "generation": self.number,
            "state": self.state,
            "reason": self.reason,
            "seconds": self.seconds,
            "problems": [problem.as_json() for problem in self.problems],
        }

    def _start(self) -> None:
        folder = self._launch.folder
        self.manifest, self.view, self.problems = checked_manifest(folder)
        instance = self._launch.start(self.manifest, self.view, self._write)
        with self._stopping:
            self.instance = instance
        if self._cancelled.is_set():  # a file was saved while it was being built or started
            self.stop()
            return
        self._wait(instance)

    def _wait(self, instance: Instance) -> None:
        begin = time.monotonic()
        longest = self._launch.start_seconds(instance.view)
        failed = ""
        while not self._cancelled.is_set() and time.monotonic() < begin + longest:
            try:
                answer = health.ask(instance.view, instance.address)
                if health.is_healthy(answer):
                    self.state = READY
                    return
                document = answer.document
                if isinstance(document, dict) and document.get("status") == "failed":
                    failed = str(document.get("error") or "the plugin says that it failed")
            except NoAnswer:
                if time.monotonic() > begin + _ASK_ELSEWHERE:
                    failed = instance.elsewhere()
            failed = instance.ended() or failed
            if failed:
                break
            self._cancelled.wait(_POLL_SECONDS)
        if self._cancelled.is_set():
            return
        with self._stopping:
            self._stopped = True
            instance.stop()  # so that its last lines are read
        sentence = failed or f"the plugin was not healthy within {longest:g} s"
        self._fail([*self.problems, found_in_log(self._lines, self._launch.folder, sentence)])

    def _fail(self, problems: list[Problem]) -> None:
        masked = self._launch.tokens.masked
        self.problems = [Problem(masked(p.message), p.file, p.line) for p in problems]
        self.state = FAILED

    def _write(self, text: str) -> None:
        line = log_lines.parsed(self._launch.tokens.masked(text))
        self._lines = [*self._lines[-_KEPT_LINES:], line]
        self._events.tell("log", generation=self.number, **line)

    def _tell(self) -> None:
        self._events.tell("state", **self.as_json())
