"""Logs: one JSON object a line on standard output, for our lines, the author's and `print`."""

import io
import json
import logging
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from plugin_runtime.printed import PrintedLines
from plugin_runtime.redaction import RequestSecrets, Secrets

ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str)

# Not known to `logging`, so that no configuration of the author's can turn it off or send it round.
logger = logging.Logger("plugin", logging.INFO)


class Execution:
    """What every log line of one execution is stamped with."""

    def __init__(self, trace_id: str, secrets: Secrets) -> None:
        self.trace_id = trace_id
        self.secrets = secrets


current: ContextVar[Execution | None] = ContextVar("current_execution", default=None)

FORMATTER = logging.Formatter()
STANDARD_ATTRIBUTES = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


@lru_cache(maxsize=1)
def _utc(seconds: int) -> str:
    """The time as RFC 3339 has it, without fraction and zone; made once a second."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # a wrong format string must not lose the line
        return f"{record.msg!a} cannot be logged with its arguments: {type(error).__name__}"


def _encode(line: dict[str, Any]) -> str:
    try:
        return ENCODER.encode(line)
    except Exception:  # an `extra` that JSON cannot carry, or whose text cannot be had
        return ENCODER.encode({name: _plain(value) for name, value in line.items()})


def _plain(value: Any) -> str:
    try:
        return value if isinstance(value, str) else repr(value)
    except Exception as error:
        return f"{type(value).__name__} without a text: {type(error).__name__}"


class LineHandler(logging.Handler):
    """Writes each line to standard output at once, whatever became of `sys.stdout`."""

    def __init__(
        self, manifest: dict[str, Any], secrets: RequestSecrets, count: Callable[[int], None]
    ) -> None:
        super().__init__()
        self._raw = io.FileIO(1, "wb", closefd=False)
        self._stamp = {"plugin_id": manifest["id"], "version": manifest["version"]}
        self._secrets = secrets
        self._count = count

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        more = {
            name: value for name, value in record.__dict__.items()
            if name not in STANDARD_ATTRIBUTES
        }  # fmt: skip
        if record.exc_info and record.exc_info[0] is not None:
            more["exception"] = FORMATTER.formatException(record.exc_info)
        if record.stack_info:
            more["stack"] = record.stack_info
        self.write(record.created, record.levelname, record.name, _message(record), more)

    def write(
        self, created: float, level: str, name: str, message: str, more: dict[str, Any]
    ) -> None:
        """Write one line without its secrets; what it says itself stands before `more`."""
        execution = current.get()
        line: dict[str, Any] = {
            "time": f"{_utc(int(created))}.{int(created % 1 * 1000):03d}Z",
            "level": level,
            "logger": name,
            "message": message,
            **self._stamp,
        }
        if execution is not None:
            line["trace_id"] = execution.trace_id
        text = _encode({**line, **more, **line})
        secrets = self._secrets.now(execution)
        if secrets.occur_in(text):
            redacted, count = secrets.redact(json.loads(text))
            self._count(count)
            text = _encode(redacted)
        left = memoryview((text + "\n").encode("utf-8", "backslashreplace"))
        try:
            while left:
                written = self._raw.write(left)
                if written is None:  # a pipe that is full and does not wait
                    return
                left = left[written:]
        except OSError:
            # Nobody reads standard output any more; that must not fail an execution.
            return


def outcome(level: int, message: str, details: dict[str, Any]) -> None:
    """The one line that every execution has, without the way through `logging`, which is long."""
    if logger.isEnabledFor(level):
        for handler in logger.handlers:
            if isinstance(handler, LineHandler):
                name = logging.getLevelName(level)
                handler.write(time.time(), name, logger.name, message, details)


def end_printed_lines() -> None:
    """Called when an execution ends, so that its last print is stamped with its trace id."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, PrintedLines):
            stream.end_line()


def configure(
    manifest: dict[str, Any], secrets: RequestSecrets, count_redactions: Callable[[int], None]
) -> None:
    """Send everything that is logged or printed through one JSON handler."""
    handler = LineHandler(manifest, secrets, count_redactions)
    # No line says which line of code wrote it, so nobody has to look for that (Logging HOWTO).
    logging._srcfile = None
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logger.handlers = [handler]
    sys.stdout = PrintedLines("stdout", logging.INFO, handler, 1, current)
    sys.stderr = PrintedLines("stderr", logging.WARNING, handler, 2, current)


def set_level(level: str) -> None:
    """The least severe level that is logged, for us and for the author."""
    logger.setLevel(level)
    logging.getLogger().setLevel(level)
