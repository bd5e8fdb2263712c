"""Output on a terminal that may not know every character."""

from __future__ import annotations

import io
import sys


def print_any_text() -> None:
    """Let standard output and error escape what their encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
