"""One memory budget for everything that clients make the process keep.

Counted over all connections: requests on their way, the cost of decoding them, the decoded inputs
while their execution runs, and answers that are not taken yet. What the plugin itself allocates is
not counted; a quarter of the memory is left for that.
"""

import os
import threading
import time
from typing import Any

MIB = 1024 * 1024
UNKNOWN_LIMIT = 256 * MIB  # neither the manifest nor a cgroup names a limit
PROCESS = 16 * MIB  # of an idle process; more if the plugin's imports need more
CGROUP_LIMITS = (
    "/sys/fs/cgroup/memory.max",  # version 2
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",  # version 1
)
BACKSLASH = 0x5C
SMALL = 4096  # bytes; what is smaller is not counted but bounded by the number of connections
TINY = 1024  # bytes of a body that takes 48 kB at most, times the number of slots
PATIENCE_SECONDS = 1.0  # for which a complete request waits for the memory to decode it
SHORT_SECONDS = 3.0  # for which stalled requests make room after something did not fit
MOST_LISTS = 1_000_000  # decoding holds the interpreter 0.2 us for each: others wait 0.2 s


class NoRoom(Exception):
    """A request or answer that does not fit: the status, 413 or 429, and a sentence."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class Budget:
    """Bytes that all requests and answers together may take.

    Args:
        limit: bytes of memory of the whole process.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._changed = threading.Condition(threading.Lock())
        self._somebody_waits = False
        self._used = 0
        self._refused = -SHORT_SECONDS
        self.size = share_of(limit)

    @property
    def used(self) -> int:
        """Bytes that are taken at the moment."""
        return self._used

    @property
    def is_short(self) -> bool:
        """Whether something did not fit a moment ago."""
        return time.monotonic() - self._refused < SHORT_SECONDS

    def measure(self) -> None:
        """Leave out what the process takes by now; called once the plugin is loaded."""
        self.size = share_of(self._limit, resident_bytes())

    def megabytes_for(self, size: int) -> int:
        """MiB of memory of the whole process with which `size` bytes fit, in steps of 64."""
        lacking = size * 8 // 7 - self.size  # an eighth is for small requests
        return -(-(self._limit + lacking * 4 // 3) // (64 * MIB)) * 64

    def change(self, difference: int, spare: int = 0) -> bool:
        """Take bytes, or give them back if negative; False if fewer than `spare` would be left."""
        with self._changed:
            if difference <= 0:
                self._used += difference
                self._changed.notify()
                return True
            return self._take(difference, spare)

    def wait(self, difference: int, spare: int, seconds: float) -> bool:
        """Take bytes as soon as they are there; only one at a time waits for them.

        The next one gets False at once, which frees what its request holds: if all waited, each
        for what the others hold, none would get on.
        """
        with self._changed:
            if self._take(difference, spare):
                return True
            if self._somebody_waits:
                return False
            self._somebody_waits = True
            try:
                return self._changed.wait_for(lambda: self._take(difference, spare), seconds)
            finally:
                self._somebody_waits = False

    def _take(self, difference: int, spare: int) -> bool:
        if self._used + difference + spare > self.size:
            self._refused = time.monotonic()
            return False
        self._used += difference
        return True


class Share:
    """What one request, or one answer, has of the budget."""

    __slots__ = ("_budget", "size")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.size = 0

    def hold(self, size: int, patience: float = 0.0) -> None:
        """Hold `size` bytes from now on, in place of what was held; wait `patience` s for them.

        Raises:
            NoRoom: they are not there, with 413 if they never will be; nothing has changed.
        """
        size = size if size > SMALL else 0
        if size == self.size:
            return
        # The last eighth is for small requests, so that large ones do not keep them out.
        spare = self._budget.size // 8 if size > self._budget.size // 64 else 0
        if size > self.size and size + spare > self._budget.size:
            advice = f'"memory": "{self._budget.megabytes_for(size)}m"'
            raise NoRoom(
                413,
                f"This needs about {-(-size // MIB)} MiB of memory, more than is available. "
                f"Raise container.resources.memory in manifest.json: {advice}",
            )
        more = size - self.size
        if not (
            self._budget.wait(more, spare, patience)
            if patience and more > 0
            else self._budget.change(more, spare)
        ):
            raise NoRoom(429, "The memory is in use by other requests; try again.")
        self.size = size

    def split(self, size: int) -> "Share":
        """Let another share hold `size` of what this one does, or as much as there is."""
        other = Share(self._budget)
        other.size = min(size, self.size)
        self.size -= other.size
        return other

    def release(self) -> None:
        """Give everything back."""
        if self.size:
            self._budget.change(-self.size)
            self.size = 0


def share_of(limit: int, process: int = PROCESS) -> int:
    """Bytes for requests and answers in a process that may take `limit` bytes altogether."""
    return max(limit // 16, (limit - max(process, PROCESS)) * 3 // 4)


def memory_limit(manifest: dict[str, Any]) -> int:
    """Bytes of memory: the manifest's `container.resources.memory`, or a smaller cgroup limit."""
    text = str(manifest["container"].get("resources", {}).get("memory", "")).lower()
    number = text.rstrip("kmg")
    unit = {"": 1, "k": 1024, "m": MIB, "g": 1024 * MIB}.get(text[len(number) :])
    limits = [int(number) * unit] if unit and number.isdecimal() else []
    for path in CGROUP_LIMITS:
        try:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow to import
                limits.append(int(file.read()))
        except (OSError, ValueError):  # no such file; or "max"
            continue
    # A cgroup without a limit says 2**63 less a page.
    return min((limit for limit in limits if 0 < limit < 1 << 62), default=UNKNOWN_LIMIT)


def resident_bytes() -> int:
    """Bytes of memory of this process that are in RAM; 0 where /proc does not say."""
    try:
        with open("/proc/self/statm", encoding="utf-8") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def cost_of_decoding(body: bytes | bytearray) -> int:
    """Estimate the peak of memory, in bytes, of a JSON text with everything that is made of it.

    The factors cover what was measured with CPython 3.11 for 26 shapes of JSON. Structure inside
    of strings is overrated, except for JSON in a string, which the host sends: its quotes are
    escaped, so it can be told apart.
    """
    if len(body) <= TINY:
        return 0
    if len(body) <= SMALL:
        return 48 * len(body)
    count = body.count
    # To look for a byte takes a hundredth of the time of counting it.
    lists, objects, colons, commas, quotes = (
        count(byte) if byte in body else 0 for byte in (b"[", b"{", b":", b",", b'"')
    )
    if lists > MOST_LISTS:
        raise NoRoom(413, f"The JSON has more than {MOST_LISTS} lists.")
    if BACKSLASH in body:
        lists -= count(b"[\\")
        objects -= count(b"{\\")
        colons -= max(0, count(b'\\":') - count(b'\\\\":'))
        commas -= max(0, count(b'\\",') - count(b'\\\\",'))
        quotes -= max(0, count(b'\\"') - count(b'\\\\"'))
    structure = 90 * (lists + objects) + 165 * colons + 40 * commas + 25 * quotes
    return structure + (1 + 2 * _bytes_of_a_character(body)) * len(body)


def _bytes_of_a_character(body: bytes | bytearray) -> int:
    """Bytes that Python may take for each character of the text: those of the widest one."""
    widest = 1
    if not body.isascii():
        widest = 4 if any(byte in body for byte in range(0xF0, 0xF5)) else 2
    if widest < 4 and BACKSLASH in body:
        if b"\\ud" in body or b"\\uD" in body:
            return 4
        return 2 if b"\\u" in body else widest
    return widest
