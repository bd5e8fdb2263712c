"""A bounded number of executions at once, each in a thread of its own and with a deadline.

A Python thread cannot be killed. An execution past its deadline is still answered, but its
slot stays taken until it really ends; `async def` logic is cancelled for real.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from plugin_runtime.identity import Identity, current
from plugin_runtime.logs import logger

if TYPE_CHECKING:
    from plugin_runtime.event_loop import AsyncCall

Function = Callable[[dict[str, Any], dict[str, Any]], Any]


class Job:
    """A slot that is taken, and the work that is done in it.

    What comes first, the end of the work (`finish`) or its deadline (`give_up`), owns the answer.
    Its `identity` is filled in once the request has been read.
    """

    def __init__(
        self,
        executor: "Executor",
        work: Callable[["Job"], None],
        on_deadline: Callable[["Job"], None],
    ) -> None:
        self.work = work
        self.on_deadline = on_deadline
        self.started = time.monotonic()
        self.deadline = self.started + executor.deadline
        self.late = False
        self.identity = Identity()
        self._executor = executor
        self._ended = False
        self._awaiting: AsyncCall | None = None

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a plain or async function and return its result."""
        process = os.getpid()
        try:
            result = function(*arguments)
        finally:
            if os.getpid() != process:
                os._exit(1)  # a child forked by the author's code must not answer too
        if not hasattr(result, "__await__"):
            return result
        self._awaiting = call_async(result)
        if self.late:
            self._awaiting.cancel()
        return self._awaiting.result()

    def finish(self) -> bool:
        """Free the slot; return False if the deadline has come first."""
        with self._executor.lock:
            if not self._ended:
                self._ended = True
                self._executor.release(self)
            return not self.late

    def give_up(self) -> None:
        """The deadline has come: answer, and cancel what can be; nothing if the work has ended."""
        with self._executor.lock:
            if self._ended:
                return
            self.late = True
            self._executor.stuck += 1
        self.on_deadline(self)
        if self._awaiting is not None:
            self._awaiting.cancel()


class Executor:
    """The slots, and threads for them that are started once they are needed.

    Args:
        slots: executions at once.
        deadline: seconds after which an execution is given up.
    """

    def __init__(self, slots: int, deadline: float) -> None:
        self.slots = slots
        self.deadline = deadline
        self.stuck = 0
        self.lock = threading.Lock()
        self._running: dict[Job, None] = {}  # by deadline, because all of them have the same
        self._threads = 0
        # Not a queue.SimpleQueue: that module alone would add 37 kB of byte code to the image.
        self._waiting: deque[Job] = deque()
        self._idle: deque[threading.Lock] = deque()  # each is released to wake its thread
        self._waking = False  # one of them, which has not looked for a job yet

    @property
    def in_flight(self) -> int:
        """Slots that are taken, stuck ones included."""
        return len(self._running)

    def all_stuck_for(self, seconds: float) -> bool:
        """Whether every slot is taken by an execution that is past its deadline for so long."""
        with self.lock:
            if self.stuck < self.slots:
                return False
            return max(job.deadline for job in self._running) + seconds <= time.monotonic()

    def start(self, work: Callable[[Job], None], on_deadline: Callable[[Job], None]) -> Job | None:
        """Run `work` in a thread, under the job's identity; None if every slot is taken.

        `on_deadline` is called by `give_up_overdue` if the work has not ended by then.
        """
        with self.lock:
            if len(self._running) >= self.slots:
                return None
            job = Job(self, work, on_deadline)
            self._running[job] = None
            self._waiting.append(job)
            needs_thread = len(self._waiting) > len(self._idle) + self._waking
            # With one per slot, a thread that has freed its slot takes the job after its answer.
            needs_thread = needs_thread and self._threads < self.slots
            self._wake_one()
        if needs_thread:
            self._start_thread()
        return job

    def _start_thread(self) -> None:
        self._threads += 1
        name = f"execution-{self._threads}"
        try:
            threading.Thread(target=self._serve, name=name, daemon=True).start()
        except RuntimeError as error:
            # A limit of the container's. The job waits for one of the other threads.
            self._threads -= 1
            logger.error("cannot start another thread: %s", error)

    def release(self, job: Job) -> None:
        """Forget a job that has ended; `lock` is held."""
        del self._running[job]
        self.stuck -= job.late

    def give_up_overdue(self) -> None:
        """Give up every job whose deadline has come."""
        now = time.monotonic()
        with self.lock:
            overdue = [job for job in self._running if not job.late and job.deadline <= now]
        for job in overdue:
            try:
                job.give_up()
            except Exception as error:  # one answer that fails must not end all others
                logger.error("no answer at the deadline: %s", describe(error), exc_info=error)

    def expire(self) -> None:
        """Let the deadline of every job be now."""
        with self.lock:
            for job in self._running:
                job.deadline = 0.0

    def seconds_left(self, longest: float) -> float:
        """Time until the next deadline, at most `longest`."""
        with self.lock:
            deadlines = (job.deadline for job in self._running if not job.late)
            return max(0.0, min(longest, next(deadlines, float("inf")) - time.monotonic()))

    def _wake_one(self) -> None:
        """Wake a thread if there is a job for it; `lock` is held.

        One at a time, and each wakes the next: often a thread that is awake has taken the job by
        then. The longest idle first: the last one may not even sleep yet. With 8 connections there
        are 3.5 switches between threads an execution; otherwise it would be 5 to 7.
        """
        if self._waiting and self._idle and not self._waking:
            self._waking = True
            self._idle.popleft().release()

    def _serve(self) -> None:
        wake = threading.Lock()
        wake.acquire()
        woken = False
        while True:
            with self.lock:
                if woken:
                    self._waking = woken = False
                job = self._waiting.popleft() if self._waiting else None
                if job is None:
                    self._idle.append(wake)
                self._wake_one()
            if job is None:
                woken = wake.acquire()
            else:
                copy_context().run(self._perform, job)

    def _perform(self, job: Job) -> None:
        current.set(job.identity)
        try:
            job.work(job)
        except BaseException as error:
            logger.error("An execution failed: %s", describe(error), exc_info=error)
        job.finish()


def describe(error: BaseException) -> str:
    """Type and text of an exception, even of one whose `__str__` raises."""
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return type(error).__name__


def explain(error: BaseException) -> str:
    """As `describe`, and what to do about it where the image lacks something."""
    from plugin_runtime import hints  # only where something has failed

    advice = hints.advice(error)
    return f"{describe(error)}; {advice}" if advice else describe(error)


def call_async(awaitable: Any) -> "AsyncCall":
    """Start an awaitable on the event loop."""
    # Imported late: asyncio is the largest import of all, and most plugins do without.
    from plugin_runtime import event_loop

    return event_loop.call(awaitable)
