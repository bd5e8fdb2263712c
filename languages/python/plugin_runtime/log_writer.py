"""Write log lines to standard output without ever depending on who reads it.

A line is written at once if standard output takes it, so it is out before the process can crash.
Otherwise it waits in a bounded queue, which a thread of its own writes; lines that do not fit are
dropped and counted.
"""

import os
import select
import stat
import threading
import time
from collections import deque
from collections.abc import Callable

QUEUE_BYTES = 1024 * 1024  # lines that wait for a reader
PATIENCE_SECONDS = 0.2  # for a reader that is slow, but reads; then lines are dropped
FLUSH_SECONDS = 0.3  # at the end of the process


class LogWriter:
    """Standard output, for whole lines.

    Args:
        on_drop: called for every line that is dropped.
        loss: makes the line that says how many lines were dropped.
    """

    def __init__(self, on_drop: Callable[[], None], loss: Callable[[int], bytes]) -> None:
        self._file, self._is_direct = _own_descriptor(1)
        self._on_drop = on_drop
        self._loss = loss
        # The thread that answers health; it never waits for room in the queue.
        self._never_waits = threading.get_ident()
        self._empty_queue()
        if hasattr(os, "register_at_fork"):
            # What the parent has queued is the parent's to write, and only it has the thread.
            os.register_at_fork(after_in_child=self._empty_queue)

    def _empty_queue(self) -> None:
        # Reentrant, because the author's signal handler may print while a line is written.
        self._changed = threading.Condition(threading.RLock())
        self._queue: deque[bytes] = deque()
        self._queued = 0  # bytes
        self._lost = 0  # lines that no line has told of yet
        self._is_stalled = False
        self._has_thread = False

    def write(self, line: bytes, may_wait: bool) -> None:
        """Write a line, queue it, or drop it; if it may wait, after `PATIENCE_SECONDS` at most."""
        with self._changed:
            if not self._queue and self._is_direct:
                try:
                    written = os.write(self._file, line)
                except BlockingIOError:
                    written = 0
                except OSError:  # its reader is gone, or the disk is full
                    self._on_drop()
                    return
                if written == len(line):
                    return
                # A line that has begun must be completed, however long the rest is.
                self._append(line[written:])
            elif self._has_room(len(line)) or (may_wait and self._wait_for_room(len(line))):
                self._append(line)
            else:
                self._lost += 1
                self._on_drop()

    def flush(self) -> None:
        """Wait until everything is written, at most `FLUSH_SECONDS`; also in a signal handler."""
        until = time.monotonic() + FLUSH_SECONDS
        while self._queue and time.monotonic() < until:
            time.sleep(0.005)

    def _has_room(self, size: int) -> bool:
        return not self._queue or self._queued + size <= QUEUE_BYTES

    def _wait_for_room(self, size: int) -> bool:
        """Slow down a thread that logs too fast for the reader; return whether there is room."""
        if self._is_stalled or threading.get_ident() == self._never_waits:
            return False
        has_room = self._changed.wait_for(lambda: self._has_room(size), PATIENCE_SECONDS)
        self._is_stalled = not has_room
        return has_room

    def _append(self, line: bytes) -> None:
        self._queue.append(line)
        self._queued += len(line)
        self._changed.notify_all()
        if not self._has_thread:
            thread = threading.Thread(target=self._serve, name="log", daemon=True)
            try:
                thread.start()
                self._has_thread = True
            except RuntimeError:  # a limit of the container's: tried again with the next line
                pass

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue)
                line = self._queue[0]
            self._write_all(line)
            with self._changed:
                self._queue.popleft()
                self._queued -= len(line)
                self._is_stalled = False
                if self._lost and not self._queue:
                    self._append(self._loss(self._lost))
                    self._lost = 0
                self._changed.notify_all()

    def _write_all(self, line: bytes) -> None:
        while line:
            try:
                line = line[os.write(self._file, line) :]
            except BlockingIOError:
                select.select((), (self._file,), ())
            except OSError:
                self._on_drop()
                return


def _own_descriptor(number: int) -> tuple[int, bool]:
    """A descriptor for the same file that nobody else can close, and whether it never blocks.

    The flag O_NONBLOCK belongs to the open file, which child processes and other containers may
    share, so the file is opened once more. Without permission for that, only the thread writes.
    """
    try:
        own = os.dup(number)
    except OSError:  # closed by the process that started this one
        return os.open(os.devnull, os.O_WRONLY), True
    # A second opening of a regular file would write at an offset of its own, over other lines.
    if stat.S_ISREG(os.fstat(own).st_mode) or not os.get_blocking(own):
        return own, True
    try:
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY
        again = os.open(f"/proc/self/fd/{own}", flags)
    except OSError:
        return own, False
    os.close(own)
    return again, True
