"""Puts the parts together and runs them from start to SIGTERM."""

import gc
import json
import os
import signal
import socket
import sys
import threading
import time
from functools import partial
from types import FrameType
from typing import Any

from plugin_runtime import configuration, container, inputs, logs, settings
from plugin_runtime.app import App
from plugin_runtime.execution import Executor, explain
from plugin_runtime.http_server import Server
from plugin_runtime.logs import logger
from plugin_runtime.memory import Budget
from plugin_runtime.metrics import Metrics
from plugin_runtime.plugin import Plugin
from plugin_runtime.redaction import NO_SECRETS, RequestSecrets, of_environment
from plugin_runtime.runtime import Runtime

# The host asks for health again only a second later, so a start that is nearly done is waited for.
PATIENCE_SECONDS = 0.8
EXIT_SECONDS = 0.4  # after the last answer; then the author's threads are not waited for
SIGNALS = (signal.SIGTERM, signal.SIGINT)
SWITCH_SECONDS = 0.001  # how long plugin code may keep the interpreter while health waits for it


class Stop:
    """Remembers SIGTERM or SIGINT; the second one ends the process at once."""

    def __init__(self) -> None:
        self.requested = False
        self._serving = False
        self.listen()
        if hasattr(os, "register_at_fork"):
            # The plugin's child processes must end when told to, at once if need be.
            os.register_at_fork(
                before=partial(signal.pthread_sigmask, signal.SIG_BLOCK, SIGNALS),
                after_in_parent=partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, SIGNALS),
                after_in_child=self._forget,
            )

    def listen(self) -> None:
        """Handle the signals, whatever the plugin's imports have done to them."""
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def announce_on(self, socket_number: int) -> None:
        """From now on answers are waited for: a signal is also a byte on this socket.

        `_on_signal` alone runs too late when the signal comes just before the main thread waits.
        """
        self._serving = True
        signal.set_wakeup_fd(socket_number, warn_on_full_buffer=False)

    @staticmethod
    def _forget() -> None:
        signal.set_wakeup_fd(-1)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def __call__(self) -> bool:
        return self.requested

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.requested:
            container.leave(128 + number)
        self.requested = True
        if not self._serving:
            logs.flush()
            container.leave(0)  # it still starts: nobody waits for an answer


def read_manifest() -> dict[str, Any]:
    """manifest.json of the working directory."""
    with open("manifest.json", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow to import
        document: dict[str, Any] = json.load(file)
    return document


def load(plugin: Plugin, server: Server, start_seconds: float) -> None:
    """Load the plugin; if that takes longer than `PATIENCE_SECONDS`, answer 503 meanwhile.

    The process ends if the plugin is not ready after `start_seconds`.
    """
    loaded = threading.Event()
    limit = threading.Thread(target=plugin.end_unless_ready, args=(start_seconds,), daemon=True)

    def serve_meanwhile() -> None:
        if not loaded.wait(PATIENCE_SECONDS):
            limit.start()
            server.serve_until(loaded.is_set)

    thread = threading.Thread(target=serve_meanwhile, name="starting", daemon=True)
    thread.start()
    plugin.load()  # in the main thread, as libraries expect
    loaded.set()
    server.wake()
    thread.join()
    if plugin.state != "ready" and limit.ident is None:
        limit.start()


def run(listener: socket.socket | str) -> int:
    """Serve the plugin on a socket that already listens; return the exit status.

    Args:
        listener: the socket, or why there is none.
    """
    manifest = read_manifest()
    configuration.adopt(manifest, os.environ)
    stop = Stop()
    sys.setswitchinterval(SWITCH_SECONDS)
    counters = Metrics(manifest["id"], manifest["version"])
    names = settings.secret_names(os.environ)
    secrets = RequestSecrets(manifest, of_environment(manifest, os.environ, names))
    logs.configure(manifest, secrets, counters, settings.is_readable(os.environ))
    try:
        values = settings.load(manifest, os.environ)
        inputs.prepare(manifest)
    except (settings.SettingsError, inputs.WrongConstraint) as error:
        what = "settings" if isinstance(error, settings.SettingsError) else "manifest.json"
        logger.critical("wrong %s: %s", what, error)
        return 2
    if problems := configuration.problems(manifest, os.environ):
        logger.critical("the plugin cannot start: %s", "; ".join(problems))
        return 2
    if isinstance(listener, str):
        logger.critical(listener)
        return 2
    logs.set_level(values.log_level)
    if missing := [name for name in names if name not in os.environ]:
        logger.warning("PLUGIN_SECRET_ENV names variables that are not set: %s", ", ".join(missing))
    if not secrets.environment.is_complete:
        logger.warning(
            "some secrets of the environment are not redacted: name them exactly, as in "
            "PLUGIN_SECRET_ENV=DB_PASSWORD,API_KEY"
        )

    executor = Executor(values.concurrency, settings.deadline_seconds(values.timeout_ms))
    budget = Budget(values.memory_bytes)
    plugin = Plugin(budget.measure)
    app = App(Runtime(manifest, values, plugin, executor, secrets, counters, stop))
    server = Server(app, executor, listener, values, budget)

    container.adopt_environment()
    gc.freeze()  # or the first collection walks through everything imported, for 2 ms
    gc.enable()
    patient_until = time.monotonic() + PATIENCE_SECONDS
    load(plugin, server, values.start_seconds)
    stop.listen()
    while plugin.state == "starting" and time.monotonic() < patient_until:
        plugin.wait(0.02)
    extra = {"address": server.address, "slots": values.concurrency}
    logger.info("listening on %s", server.address, extra=extra)
    stop.announce_on(server.wake_socket)
    server.serve()
    logger.info("stopped")
    logs.flush()

    # A thread that is stuck or that the author left running must not keep the process alive.
    if executor.in_flight:
        container.leave(0)
    watchdog = threading.Timer(EXIT_SECONDS, container.leave, (0,))
    watchdog.daemon = True
    watchdog.start()
    return 0


def compile_everything() -> int:
    """Write the byte code that a start needs; return the exit status.

    Run while the image is built: a container is always new, and would compile it at every start.
    Of this package only what has been imported by now is compiled, because a start imports no more.
    """
    status = _import_everything()
    sys.dont_write_bytecode = True  # the image needs none of what is imported from here on
    import py_compile
    from importlib.util import cache_from_source

    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        source = str(sys.modules[name].__file__)
        py_compile.compile(
            source,
            cache_from_source(source),
            doraise=True,
            optimize=2,  # without docstrings, which nothing reads here
            invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
        )
    return status


def _import_everything() -> int:
    """Import what a start imports, so that Python writes its byte code; return the exit status."""
    manifest = read_manifest()
    configuration.adopt(manifest, os.environ)
    counters = Metrics(manifest["id"], manifest["version"])
    logs.configure(manifest, RequestSecrets(manifest, NO_SECRETS), counters)
    try:
        inputs.prepare(manifest)
        Plugin().import_logic()
    except inputs.WrongConstraint as error:
        logger.critical("wrong manifest.json: %s", error)
        return 1
    except (ImportError, SyntaxError) as error:
        logger.critical("plugin_logic.py cannot be imported: %s", explain(error), exc_info=error)
        return 1
    except (Exception, SystemExit) as error:
        # It may need an environment that only the running container has.
        logger.warning("plugin_logic.py raised %s while the image was built", explain(error))
    return 0
