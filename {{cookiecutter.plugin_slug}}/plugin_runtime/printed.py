"""`print`, `sys.stdout` and `sys.stderr` of the author's: each printed line becomes a log line."""

import io
import logging
import threading
from contextvars import ContextVar
from typing import Any

LONGEST_LINE = 65536  # characters; what has no line end by then is logged as it is


class PrintedLines(io.TextIOBase):
    """Stands in for a standard stream.

    Args:
        name: the logger's name in the lines.
        level: their level.
        handler: what writes them.
        descriptor: the stream's file descriptor, which child processes write to directly.
        owner: whoever prints; what has no line end yet is kept for each owner by itself.
    """

    encoding = "utf-8"

    def __init__(
        self,
        name: str,
        level: int,
        handler: logging.Handler,
        descriptor: int,
        owner: ContextVar[Any],
    ) -> None:
        super().__init__()
        # Known to nobody else: a handler of the author's that writes here must not come back here.
        self._logger = logging.Logger(name)
        self._logger.handlers = [handler]
        self._level = level
        self._descriptor = descriptor
        self._owner = owner
        self._threads = threading.local()
        self.buffer = PrintedBytes(self)

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """For child processes; what they write is no JSON, and secrets stay in it."""
        return self._descriptor

    def close(self) -> None:
        """Stays open: others print as well."""

    def write(self, text: str) -> int:
        """Log every complete line; keep the rest until its line end comes."""
        pieces = self._pieces()
        *lines, rest = text.split("\n")
        for line in lines:
            pieces.append(line)
            self._log(pieces)
        pieces.append(rest)
        if len(pieces) > 1000:
            pieces[:] = ["".join(pieces)]
        if len(rest) > LONGEST_LINE or (len(pieces) == 1 and len(pieces[0]) > LONGEST_LINE):
            self._log(pieces)
        return len(text)

    def end_line(self) -> None:
        """Log what the current owner printed without a line end."""
        self._log(self._pieces())

    def _pieces(self) -> list[str]:
        owner = self._owner.get() or self._threads
        found: dict[str, list[str]] = owner.__dict__.setdefault("printed", {})
        return found.setdefault(self._logger.name, [])

    def _log(self, pieces: list[str]) -> None:
        line = "".join(pieces)
        pieces.clear()
        if line:
            self._logger.log(self._level, "%s", line)


class PrintedBytes(io.RawIOBase):
    """The `buffer` of a text stream."""

    def __init__(self, lines: PrintedLines) -> None:
        super().__init__()
        self._lines = lines

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, octets: Any) -> int:
        """Print UTF-8."""
        self._lines.write(bytes(octets).decode("utf-8", "replace"))
        return len(octets)
