"""Making plugins on every core: one process each, started once.

The processes talk over pipes that nobody else holds, so each end notices when the other is gone: a
worker ends with its run, and a worker that was killed costs the plugins that it was at.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from stage7_plugin.batch.authors_files import Refused
from stage7_plugin.batch.install import Rewrite, place
from stage7_plugin.batch.outcome import FAILED, Outcome
from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.template import PluginTemplate

_CHUNK = 8  # plugins that are handed over at once
_WORTH_A_PROCESS = 100  # plugins; starting a process takes as long as rendering about that many


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_all(
    recipes: Sequence[Recipe], template: PluginTemplate, output: OutputFolder, rewrite: Rewrite
) -> Generator[Outcome, None, None]:
    """Make every plugin; outcomes come as they happen, in no particular order."""
    processes = min(cores(), len(recipes) // _WORTH_A_PROCESS)
    if processes < 2:
        yield from (make_one(recipe, template, output, rewrite) for recipe in recipes)
        return
    chunks = iter([recipes[at : at + _CHUNK] for at in range(0, len(recipes), _CHUNK)])
    with _Pool(processes, output.path, rewrite) as pool:
        yield from pool.run(chunks)


def make_one(
    recipe: Recipe, template: PluginTemplate, output: OutputFolder, rewrite: Rewrite
) -> Outcome:
    """Make one plugin; whatever goes wrong becomes its outcome."""
    start = time.perf_counter()
    try:
        status, message = place(recipe, template, output, rewrite)
    except Refused as error:
        status, message = FAILED, str(error)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        status, message = FAILED, f"{error.strerror or error}{where}"
    except Exception as error:  # one failure must not stop the rest
        status, message = FAILED, f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    return Outcome(recipe.slug, recipe.line, status, message, seconds, recipe.file)


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    at: Sequence[Recipe] = ()


class _Pool:
    def __init__(self, processes: int, output: Path, rewrite: Rewrite) -> None:
        self._spawn = multiprocessing.get_context("spawn")
        self._arguments = (output, rewrite)
        self._workers = [self._start() for _ in range(processes)]

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        # Each worker finishes the chunk that it is at, and then finds its pipe closed.
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()

    def run(self, chunks: Iterator[Sequence[Recipe]]) -> Iterator[Outcome]:
        busy = [worker for worker in self._workers if self._hand_over(worker, chunks)]
        while busy:
            ready = wait([worker.pipe for worker in busy])
            for worker in [worker for worker in busy if worker.pipe in ready]:
                try:
                    outcomes: list[Outcome] = worker.pipe.recv()
                except (EOFError, OSError):
                    outcomes = _lost(worker)
                    self._workers[self._workers.index(worker)] = replacement = self._start()
                    busy[busy.index(worker)] = worker = replacement
                if not self._hand_over(worker, chunks):
                    busy.remove(worker)
                yield from outcomes

    def _start(self) -> _Worker:
        ours, theirs = self._spawn.Pipe()
        process = self._spawn.Process(target=_work, args=(theirs, *self._arguments), daemon=True)
        with _safe_working_directory(), _ctrl_c_held_back():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hand_over(self, worker: _Worker, chunks: Iterator[Sequence[Recipe]]) -> bool:
        """Give a worker its next plugins; False if there are none left."""
        worker.at = next(chunks, ())
        if worker.at:
            with contextlib.suppress(OSError):  # it is gone: noticed when its answer is read
                worker.pipe.send(worker.at)
        return bool(worker.at)


@contextlib.contextmanager
def _safe_working_directory() -> Iterator[None]:
    """Start processes in the standard library's folder.

    A spawned interpreter, and multiprocessing's resource tracker, have their working directory
    first on their path, and would import a re.py that is next to the batch file.
    PYTHONSAFEPATH does the same from Python 3.11 on.
    """
    before = Path.cwd()
    os.chdir(Path(os.__file__).parent)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, not even while they import their modules.

    A process inherits which signals are blocked. Here Ctrl-C waits until the start is done; on
    Windows, where signals cannot be blocked, a worker ignores it once it has begun.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _lost(worker: _Worker) -> list[Outcome]:
    worker.process.join()
    message = (
        f"its worker process ended (exit code {worker.process.exitcode}; -9 often means that "
        "memory ran out); run the same command again"
    )
    return [
        Outcome(recipe.slug, recipe.line, FAILED, message, source=recipe.file)
        for recipe in worker.at
    ]


def _work(pipe: Connection, path: Path, rewrite: Rewrite) -> None:
    """A worker process: makes what it is given until its run is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run; it closes the pipe
    template, output = PluginTemplate(), OutputFolder(path)
    lock = contextlib.nullcontext() if rewrite.compare else output.worker_lock()
    with lock, contextlib.suppress(EOFError, OSError):
        while True:
            recipes: Sequence[Recipe] = pipe.recv()
            pipe.send([make_one(recipe, template, output, rewrite) for recipe in recipes])
