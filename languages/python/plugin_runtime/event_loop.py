"""One asyncio loop for `async def` logic, in a thread of its own.

It lives as long as the process, so that executions can share a client that is bound to the loop.
Only imported when there is something to await.
"""

import asyncio
import threading
from typing import Any

from plugin_runtime.logs import logger


class Escaped(Exception):
    """Stands for a SystemExit or KeyboardInterrupt, either of which would end the event loop."""


class AsyncCall:
    """An awaitable on its way through the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, awaitable: Any) -> None:
        self._loop = loop
        self._awaitable = awaitable
        self._task: asyncio.Task[Any] | None = None
        self._ended = threading.Event()
        loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        self._task = self._loop.create_task(_contained(self._awaitable))
        self._task.add_done_callback(lambda _: self._ended.set())

    def cancel(self) -> None:
        """Ask the task to end; `result` returns once it really has."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def result(self) -> Any:
        """Wait for the end; return the result or raise what was raised."""
        self._ended.wait()
        assert self._task is not None
        return self._task.result()


async def _contained(awaitable: Any) -> Any:
    try:
        return await awaitable
    except (SystemExit, KeyboardInterrupt) as error:
        raise Escaped(f"{type(error).__name__}: {error}") from error


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    while True:
        try:
            loop.run_forever()
            logger.error("plugin_logic.py stopped the event loop; it continues")
        except BaseException as error:  # sys.exit() in a task that nobody awaits ends the loop
            logger.error("a task ended the event loop; it continues", exc_info=error)


_lock = threading.Lock()
_running: asyncio.AbstractEventLoop | None = None


def call(awaitable: Any) -> AsyncCall:
    """Run an awaitable on the loop, which is started when the first one comes."""
    global _running
    with _lock:
        if _running is None:
            _running = asyncio.new_event_loop()
            threading.Thread(target=_serve, args=(_running,), name="asyncio", daemon=True).start()
    return AsyncCall(_running, awaitable)
