"""What a process has to do for itself in a container: it has no init and no home."""

import os
import signal
from contextlib import suppress
from typing import NoReturn

PATIENCE_SECONDS = 10.0
"""How long a child that has ended is left for the code that may still wait for it."""

TEMPORARY = "/tmp"  # the one folder that is writable under a read-only root


SYSTEM_FOLDERS = (
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
)  # fmt: skip


def adopt_environment() -> None:
    """Make the host's environment, which it injects, work in this container.

    Programs of the image are found whatever the host's PATH is. HOME is often /root there, which
    the user of the image may not even list, and libraries keep caches in it. PYTHONHOME and the
    like, which -E keeps from this process, would end every Python that it starts (joblib's too).
    """
    given = os.environ.get("PATH", "").split(os.pathsep)
    folders = dict.fromkeys([*filter(None, given), *SYSTEM_FOLDERS])
    os.environ["PATH"] = os.pathsep.join(folders)
    if not os.access(os.environ.get("HOME", ""), os.W_OK | os.X_OK):
        os.environ["HOME"] = TEMPORARY
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]


def leave(status: int) -> NoReturn:
    """End the process at once, and with it the container and whatever the plugin has started.

    The kernel closes the pipes of PID 1 before it ends the other processes. In between, resource
    trackers of multiprocessing and joblib would report leaks that end with the container.
    """
    if os.getpid() == 1:
        with suppress(OSError):  # there is no other process
            os.kill(-1, signal.SIGKILL)
    os._exit(status)


class Orphans:
    """Reaps children that nobody waits for; only as PID 1, to which the kernel gives them.

    The plugin's own children must be left to the code that started it, and the kernel does not
    tell the two apart. So a child is reaped only if it ended at least PATIENCE_SECONDS ago and no
    execution has run since.
    """

    def __init__(self) -> None:
        self._is_init = os.getpid() == 1 and hasattr(os, "waitid")
        self._seen: dict[int, float] = {}

    def reap(self, now: float, busy: bool) -> int:
        """Reap what has been dead for long enough; return how many.

        Args:
            now: Seconds on the monotonic clock.
            busy: Whether an execution is running, which may wait for its children.
        """
        if not self._is_init:
            return 0
        dead = {pid for pid in _children() if _has_ended(pid)}
        self._seen = {pid: now if busy else self._seen.get(pid, now) for pid in dead}
        reaped = 0
        for pid, since in list(self._seen.items()):
            if now - since >= PATIENCE_SECONDS:
                del self._seen[pid]
                reaped += _reap(pid)
        return reaped


def _children() -> list[int]:
    """Return the process ids of this process's children."""
    found = []
    try:
        for task in os.listdir("/proc/self/task"):  # noqa: PTH208 - pathlib is slow to import
            with open(f"/proc/self/task/{task}/children") as file:  # noqa: PTH123
                found += [int(pid) for pid in file.read().split()]
    except OSError:  # a thread that has just ended, or a kernel without this file
        return found
    return found


def _has_ended(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except OSError:
        return False


def _reap(pid: int) -> int:
    try:
        return int(os.waitpid(pid, os.WNOHANG)[0] == pid)
    except OSError:
        return 0
