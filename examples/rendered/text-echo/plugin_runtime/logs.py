"""Logs: one JSON object a line on standard output, for our lines, the author's and `print`."""

import atexit
import logging
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from plugin_runtime.identity import current
from plugin_runtime.log_writer import LogWriter
from plugin_runtime.metrics import Metrics
from plugin_runtime.redaction import RequestSecrets, Secrets
from plugin_runtime.stdio import StandardStream
from plugin_runtime.strict_json import Decoder, Encoder

encode_json = Encoder(ensure_ascii=False, allow_nan=False, default=str).encode
decode_json = Decoder().decode

# Not known to `logging`, so that the author's configuration cannot turn it off or redirect it.
logger = logging.Logger("plugin", logging.INFO)

FORMATTER = logging.Formatter()
STANDARD_ATTRIBUTES = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}

Line = dict[str, Any]


@lru_cache(maxsize=1)
def _utc(seconds: int) -> str:
    """The time as RFC 3339 has it, without fraction and zone; made once a second."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # a wrong format string must not lose the line
        return f"{record.msg!a} cannot be logged with its arguments: {type(error).__name__}"


def _plain(value: Any) -> str:
    try:
        return value if isinstance(value, str) else repr(value)
    except Exception as error:
        return f"{type(value).__name__} without text: {type(error).__name__}"


def as_json(line: Line) -> str:
    """Return a line for machines: one JSON object."""
    try:
        return encode_json(line)
    except Exception:  # an `extra` that JSON cannot carry, or whose `__str__` raises
        return encode_json({name: _plain(value) for name, value in line.items()})


def as_text(line: Line) -> str:
    """Return a line for people: time of day, level, logger, message; then whatever else it has."""
    hidden = {"time", "level", "logger", "message", "plugin_id", "version", "exception", "stack"}
    more = [f"{name}={_plain(value)}" for name, value in line.items() if name not in hidden]
    first = f"{line['time'][11:23]} {line['level']:<8} {line['logger']}: {line['message']}"
    below = [str(line[name]) for name in ("exception", "stack") if name in line]
    return "\n".join(["  ".join([first, *more]), *below])


class LineHandler(logging.Handler):
    """Writes each line to standard output at once, whatever became of `sys.stdout`."""

    def __init__(self, manifest: dict[str, Any], secrets: RequestSecrets, metrics: Metrics) -> None:
        super().__init__()
        self.format_line: Callable[[Line], str] = as_json
        self.secrets = secrets
        self._stamp = {"plugin_id": manifest["id"], "version": manifest["version"]}
        self._metrics = metrics
        self.writer = LogWriter(metrics.count_dropped_line, self._loss)

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
        self.write(record.levelname, record.name, _message(record), more, record.created)

    def write(
        self,
        level: str,
        name: str,
        message: str,
        more: Line,
        created: float | None = None,
        may_wait: bool = True,
    ) -> None:
        """Write one line without its secrets; what it says itself stands before `more`."""
        try:
            line = self._line(level, name, message, created)
            text = self._without_secrets(line, message, more)
            self.writer.write(_octets(text), may_wait)
        except Exception:  # for instance no memory for it; a log must not fail an execution
            self._metrics.count_dropped_line()

    def _line(self, level: str, name: str, message: str, created: float | None = None) -> Line:
        created = time.time() if created is None else created
        return {
            "time": f"{_utc(int(created))}.{int(created % 1 * 1000):03d}Z",
            "level": level,
            "logger": name,
            "message": message,
            **self._stamp,
        }

    def _without_secrets(self, line: Line, message: str, more: Line) -> str:
        """The line as text. Only the message and the values of `more` can hold a secret."""
        identity = current.get()
        if identity is not None and identity.trace_id:
            line["trace_id"] = identity.trace_id
        text = as_json({**line, **more, **line} if more else line)
        for secrets in self._secrets():
            if forms := secrets.found_in(text):
                told = decode_json(as_json({**more, "message": message}))
                redacted, count = secrets.redact(told, forms)
                if count:
                    self._metrics.count_redactions(count)
                    message, more = redacted.pop("message"), redacted
                    line["message"] = message
                    text = as_json({**line, **more, **line})
        return text if self.format_line is as_json else self.format_line({**line, **more, **line})

    def _secrets(self) -> list[Secrets]:
        identity = current.get()
        return [identity.secrets] if identity is not None else self.secrets.outside_executions()

    def begun_in(self, text: str) -> int:
        """Return how many characters at the end of a text may be the start of a secret."""
        return max(secrets.begun_in(text) for secrets in self._secrets())

    def _loss(self, number: int) -> bytes:
        message = f"{number} log lines were dropped, because standard output was not read"
        line = self._line("WARNING", logger.name, message)
        return _octets(self.format_line({**line, "dropped": number}))


def _octets(text: str) -> bytes:
    return (text + "\n").encode("utf-8", "backslashreplace")


def outcome(level: int, message: str, details: Line) -> None:
    """Write the one line that every execution has, without the long way through `logging`.

    It never waits for room in the queue, because the answer comes after it.
    """
    if logger.isEnabledFor(level):
        for handler in logger.handlers:
            if isinstance(handler, LineHandler):
                name = logging.getLevelName(level)
                handler.write(name, logger.name, message, details, may_wait=False)


def traceback_of(error: BaseException) -> str:
    """Return the traceback of an exception as text."""
    return FORMATTER.formatException((type(error), error, error.__traceback__))


def end_printed_lines() -> None:
    """Log what the execution that ends has printed without a line end."""
    identity = current.get()
    if identity is not None and not identity.printed:
        return  # it has printed nothing
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, StandardStream):
            stream.end_line()


def configure(
    manifest: dict[str, Any], secrets: RequestSecrets, metrics: Metrics, readable: bool = False
) -> None:
    """Send everything that is logged or printed through one handler.

    Args:
        manifest: the plugin's manifest.
        secrets: what is redacted.
        metrics: count what is redacted and dropped.
        readable: write lines for people, not JSON.
    """
    handler = LineHandler(manifest, secrets, metrics)
    if readable:
        handler.format_line = as_text
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logger.handlers = [handler]
    begun = handler.begun_in
    sys.stdout = StandardStream(
        "stdout", 1, lambda line: handler.write("INFO", "stdout", line, {}), begun
    )
    sys.stderr = StandardStream(
        "stderr", 2, lambda line: handler.write("WARNING", "stderr", line, {}), begun
    )
    atexit.register(handler.writer.flush)


def set_level(level: str) -> None:
    """Set the least severe level that is logged, for us and for the author."""
    logger.setLevel(level)
    logging.getLogger().setLevel(level)


def flush() -> None:
    """Wait a moment for lines that standard output has not taken yet, before the process ends."""
    for handler in logger.handlers:
        if isinstance(handler, LineHandler):
            handler.writer.flush()
