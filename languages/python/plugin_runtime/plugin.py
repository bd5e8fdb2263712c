"""Loads `plugin_logic.py` and runs its optional `setup()`."""

import importlib
import threading
import time
from collections.abc import Callable
from typing import Any

from plugin_runtime import container, logs
from plugin_runtime.execution import Function, call_async, explain
from plugin_runtime.logs import logger

# After a failure the reason is still answered for so long, to the host's next polls among others.
FAILED_SECONDS = 5
CO_COROUTINE = 0x80  # inspect.CO_COROUTINE, without importing inspect at every start


class Plugin:
    """The author's code, and whether it is ready.

    `state` is `starting`, `ready` or `failed`; `error` says why it failed.

    Args:
        on_ready: called once, just before it is ready.
    """

    def __init__(self, on_ready: Callable[[], None] = lambda: None) -> None:
        self._on_ready = on_ready
        self.state = "starting"
        self.error = ""
        self.function: Function | None = None
        self._settled = threading.Event()
        self._created = time.monotonic()

    def load(self) -> None:
        """Import `plugin_logic`, then run its `setup()` in the background.

        The import happens in the main thread, as libraries expect; long work belongs in `setup()`,
        because health is answered while that runs.
        """
        try:
            setup = self.import_logic()
        except BaseException as error:
            self._fail("plugin_logic.py cannot be imported", error)
            return
        if setup is None:
            self._ready()
        else:
            threading.Thread(target=self._run, args=(setup,), name="setup", daemon=True).start()

    def import_logic(self) -> Callable[[], Any] | None:
        """Import `plugin_logic`; return its `setup`, if it has one.

        Raises:
            BaseException: whatever the import raised.
        """
        module = importlib.import_module("plugin_logic")
        function = module.execute_plugin
        if not callable(function):
            raise TypeError("execute_plugin in plugin_logic.py is not a function")
        if getattr(getattr(function, "__code__", None), "co_flags", 0) & CO_COROUTINE:
            importlib.import_module("plugin_runtime.event_loop")  # now, not at the first execution
        self.function = function
        setup: Callable[[], Any] | None = getattr(module, "setup", None)
        return setup

    def wait(self, seconds: float) -> None:
        """Wait until it is ready or failed, at most so long."""
        self._settled.wait(seconds)

    def end_unless_ready(self, seconds: float) -> None:
        """End the process with status 1 if the plugin is not ready `seconds` after its start.

        The host leaves a container that does not get healthy running for ever; under compose and
        Kubernetes this is what restarts it.
        """
        self.wait(max(0.0, self._created + seconds - time.monotonic()))
        if self.state == "ready":
            return
        if self.state == "failed":
            time.sleep(FAILED_SECONDS)
        else:
            stage = "import of plugin_logic.py" if self.function is None else "setup()"
            self.error = f"its {stage} did not finish within {seconds:g} s (PLUGIN_START_SECONDS)"
        logger.critical("the process ends, because the plugin is not ready: %s", self.error)
        logs.flush()
        container.leave(1)

    def _run(self, setup: Callable[[], Any]) -> None:
        started = time.monotonic()
        try:
            result = setup()
            if hasattr(result, "__await__"):
                call_async(result).result()
        except BaseException as error:
            self._fail("setup() failed", error)
            return
        logger.info("setup() took %.2f s", time.monotonic() - started)
        self._ready()

    def _ready(self) -> None:
        self._on_ready()
        self.state = "ready"
        self._settled.set()

    def _fail(self, what: str, error: BaseException) -> None:
        self.error = f"{what}: {explain(error)}"
        self.state = "failed"
        logger.critical("%s", self.error, exc_info=error)
        self._settled.set()
