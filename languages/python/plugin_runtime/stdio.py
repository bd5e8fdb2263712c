"""`print`, `sys.stdout` and `sys.stderr` in the author's code: each line becomes a log line."""

import io
import threading
from collections.abc import Callable
from typing import Any

from plugin_runtime.identity import current

LONGEST_LINE = 65536  # characters without a line end, after which they are logged


class StandardStream(io.TextIOBase):
    """Takes the place of `sys.stdout` or `sys.stderr`.

    What has no line end yet is kept for each execution, and each thread outside them, by itself.

    Args:
        name: `stdout` or `stderr`.
        descriptor: the stream's file descriptor, which child processes write to directly.
        log: logs one line.
        begun_in: returns how many characters at the end of a text may be the start of a secret.
    """

    encoding = "utf-8"
    errors = "backslashreplace"
    mode = "w"
    line_buffering = True
    write_through = False

    def __init__(
        self,
        name: str,
        descriptor: int,
        log: Callable[[str], None],
        begun_in: Callable[[str], int],
    ) -> None:
        super().__init__()
        self.name = f"<{name}>"
        self.buffer = StandardBytes(self)
        self._key = name
        self._descriptor = descriptor
        self._log_line = log
        self._begun_in = begun_in
        self._threads = threading.local()

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the descriptor for child processes; what they write there is not redacted."""
        return self._descriptor

    def reconfigure(self, **_options: Any) -> None:
        """Change nothing: a log line is always UTF-8, and written at its line end."""

    def detach(self) -> Any:
        """Return the byte stream; this one goes on, because other threads print to it."""
        return self.buffer

    def close(self) -> None:
        """Stay open: others print as well."""

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
            self._cut(pieces)
        return len(text)

    def end_line(self) -> None:
        """Log what the current execution or thread printed without a line end."""
        self._log(self._pieces())

    def _pieces(self) -> list[str]:
        identity = current.get()
        if identity is not None:
            return identity.printed.setdefault(self._key, [])
        pieces: list[str] = self._threads.__dict__.setdefault("pieces", [])
        return pieces

    def _cut(self, pieces: list[str]) -> None:
        """Log a line that is too long, except for an end that may be the start of a secret."""
        line = "".join(pieces)
        end = len(line) - self._begun_in(line)
        pieces[:] = [line[:end]]
        self._log(pieces)
        pieces.append(line[end:])

    def _log(self, pieces: list[str]) -> None:
        line = "".join(pieces)
        pieces.clear()
        if line:
            self._log_line(line)


class StandardBytes(io.BufferedIOBase):
    """The `buffer` of a text stream, for libraries that write bytes or wrap it once more."""

    mode = "wb"

    def __init__(self, stream: StandardStream) -> None:
        super().__init__()
        self.name = stream.name
        self._stream = stream

    @property
    def raw(self) -> Any:
        """The stream itself: nothing is buffered."""
        return self

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the text stream."""
        return self._stream.fileno()

    def detach(self) -> Any:
        """Return the stream itself."""
        return self

    def close(self) -> None:
        """Stay open: a wrapper that is thrown away closes what it wraps."""

    def write(self, octets: Any) -> int:
        """Print UTF-8."""
        data = bytes(octets)
        self._stream.write(data.decode("utf-8", "replace"))
        return len(data)
