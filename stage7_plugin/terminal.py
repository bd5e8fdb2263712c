"""Output on a terminal that may not know every character, or to a pipe that nobody reads."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import IO, Any, cast


def print_any_text() -> None:
    """Let standard output and error escape what their encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _Unread:
    """Standard output that drops what a closed pipe (`| head`) does not take."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._drop()

    def _drop(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def outlive_reader() -> Iterator[None]:
    """Go on when the reader of standard output has gone: the work does not depend on it.

    It also prints any text, which has to be arranged on the stream itself.
    """
    print_any_text()
    stream = cast("IO[str]", _Unread(sys.stdout))
    with contextlib.redirect_stdout(stream):
        try:
            yield
        finally:
            stream.flush()
