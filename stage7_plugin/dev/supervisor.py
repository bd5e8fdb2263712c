"""Keeps the plugin running with the files as they are: a start on every save."""

from __future__ import annotations

import threading
from pathlib import Path

from stage7_plugin.dev.events import Events
from stage7_plugin.dev.generation import FAILED, READY, Generation
from stage7_plugin.dev.launch import Launch
from stage7_plugin.dev.problems import Problem
from stage7_plugin.dev.snapshot import changed, snapshot

FIRST_START = "start"
_WATCH_SECONDS = 1.0
"""Time between two looks whether the plugin still runs."""


class NotRunning(Exception):
    """The plugin cannot be called.

    Attributes:
        problems: Why, and where.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)) or "the plugin is still starting")
        self.problems = problems


class Supervisor:
    """Starts the plugin, again after each change, and ends it. As a context manager it cleans up.

    The old process gets SIGTERM when the new one is started: it drains what it executes.
    """

    def __init__(self, launch: Launch, events: Events) -> None:
        self._launch, self._events = launch, events
        self._lock = threading.Lock()
        self._newest: Generation | None = None
        self._ending: list[threading.Thread] = []
        self._closed = threading.Event()

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def newest(self) -> Generation | None:
        """The last start, whatever became of it."""
        return self._newest

    def start(self) -> Generation:
        """Start it if the files differ from those of the last start, or if it has died."""
        with self._lock:
            newest, files = self._newest, snapshot(self._launch.folder)
            if newest is None:
                return self._start(files, FIRST_START)
            if names := [Path(path).name for path in changed(newest.files, files)]:
                more = f" and {len(names) - 1} more" if len(names) > 1 else ""
                return self._start(files, f"{names[0]}{more} changed")
            if how := newest.died():
                return self._start(files, how)
            return newest

    def restart(self) -> Generation:
        """Start it anew, changed or not."""
        with self._lock:
            return self._start(snapshot(self._launch.folder), "restart")

    def ready(self) -> Generation:
        """Return the plugin with the files as they are now, ready to be called.

        A start that failed is tried again: what it lacked, such as a package, may be there now.

        Raises:
            NotRunning: It cannot be started.
        """
        failed = self._newest is not None and self._newest.state == FAILED
        while True:
            generation = self.restart() if failed else self.start()
            failed = False
            generation.settled.wait()
            if generation is self._newest:
                break
        if generation.state != READY:
            raise NotRunning(generation.problems)
        return generation

    def watch(self) -> None:
        """Restart on every change, until it is closed. Blocks."""
        import watchfiles

        names = watchfiles.watch(
            self._launch.folder,
            watch_filter=None,
            debounce=50,
            step=5,
            stop_event=self._closed,
            rust_timeout=int(_WATCH_SECONDS * 1000),
            yield_on_timeout=True,
        )
        for found in names:
            if found:
                self.start()
            elif (newest := self._newest) and (how := newest.died()):
                newest.fail_because(how)

    def close(self) -> None:
        """End everything; what runs is drained."""
        self._closed.set()
        with self._lock:
            if self._newest:
                self._end(self._newest)
        for thread in self._ending:
            thread.join()

    def _start(self, files: dict[str, tuple[int, int, int]], reason: str) -> Generation:
        number = 1
        if self._newest:
            number = self._newest.number + 1
            ending = self._end(self._newest)
            if self._launch.fixed_port:
                ending.join()
        generation = Generation(number, self._launch, self._events, files, reason)
        self._newest = generation
        threading.Thread(target=generation.start, daemon=True).start()
        return generation

    def _end(self, generation: Generation) -> threading.Thread:
        thread = threading.Thread(target=generation.stop, daemon=True)
        thread.start()
        self._ending = [t for t in self._ending if t.is_alive()] + [thread]
        return thread
