"""Logs: one JSON object a line on standard output, for our lines, the author's and `print`."""

import io
import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

from plugin_runtime.redaction import RequestSecrets, Secrets

ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


class Execution(NamedTuple):
    """What every log line of one execution is stamped with."""

    trace_id: str
    secrets: Secrets


current: ContextVar[Execution | None] = ContextVar("current_execution", default=None)

STANDARD_ATTRIBUTES = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON, without secrets."""

    def __init__(
        self, manifest: dict[str, Any], secrets: RequestSecrets, count: Callable[[int], None]
    ) -> None:
        super().__init__()
        self._stamp = {"plugin_id": manifest["id"], "version": manifest["version"]}
        self._secrets = secrets
        self._count = count

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its line end."""
        execution = current.get()
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **self._stamp,
        }
        if execution is not None:
            line["trace_id"] = execution.trace_id
        for name, value in record.__dict__.items():
            if name not in STANDARD_ATTRIBUTES and name not in line:
                line[name] = value
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        secrets = execution.secrets if execution is not None else self._secrets.recent()
        text = ENCODER.encode(line)
        if secrets.occur_in(text):
            redacted, count = secrets.redact(json.loads(text))
            self._count(count)
            text = ENCODER.encode(redacted)
        return text


class LineHandler(logging.Handler):
    """Writes each line to standard output at once, whatever became of `sys.stdout`."""

    def __init__(self) -> None:
        super().__init__()
        self._raw = io.FileIO(1, "wb", closefd=False)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            line = self.format(record)
        except Exception as error:  # a wrong format string must not lose the line
            text = f"{record.msg!r} with {record.args!r} cannot be logged: {error}"
            attributes = {**_origin(record), "msg": "%s", "args": (text,)}
            line = self.format(logging.makeLogRecord(attributes))
        left = memoryview((line + "\n").encode("utf-8", "backslashreplace"))
        try:
            while left:
                left = left[self._raw.write(left) or 0 :]
        except OSError:
            # Nobody reads standard output any more; that must not fail an execution.
            return


def _origin(record: logging.LogRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "levelname": record.levelname,
        "created": record.created,
        "msecs": record.msecs,
    }


class PrintedLines(io.TextIOBase):
    """Stands in for `sys.stdout` and `sys.stderr`: each printed line becomes a log line."""

    encoding = "utf-8"

    def __init__(self, name: str, level: int) -> None:
        super().__init__()
        self._logger = logging.getLogger(name)
        self._level = level
        self._partial = threading.local()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Log every complete line; keep the rest until its line end comes."""
        *lines, rest = (getattr(self._partial, "text", "") + text).split("\n")
        self._partial.text = rest
        for line in lines:
            if line:
                self._logger.log(self._level, "%s", line)
        return len(text)

    def end_line(self) -> None:
        """Log what this thread printed without a line end."""
        if getattr(self._partial, "text", ""):
            self.write("\n")


def end_printed_lines() -> None:
    """Called when an execution ends, so that its last print is stamped with its trace id."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, PrintedLines):
            stream.end_line()


def configure(
    manifest: dict[str, Any], secrets: RequestSecrets, count_redactions: Callable[[int], None]
) -> None:
    """Send everything that is logged or printed through one JSON handler."""
    handler = LineHandler()
    handler.setFormatter(JsonFormatter(manifest, secrets, count_redactions))
    # No line says which line of code wrote it, so nobody has to look for that (Logging HOWTO).
    logging._srcfile = None
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # waitress tells of every client that hangs up.
    logging.getLogger("waitress").setLevel(logging.WARNING)
    sys.stdout = PrintedLines("stdout", logging.INFO)
    sys.stderr = PrintedLines("stderr", logging.WARNING)
