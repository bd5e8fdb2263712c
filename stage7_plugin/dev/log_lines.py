"""A line that a plugin wrote: JSON of the template's logs, or any text."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_NAMES = {"WARN": "WARNING", "ERR": "ERROR", "FATAL": "CRITICAL", "TRACE": "DEBUG"}
_LEVEL_IN_TEXT = re.compile(r"\b(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b")
_KNOWN = ("time", "timestamp", "ts", "level", "severity", "message", "msg", "trace_id")
_NOISE = ("plugin_id", "version", "logger")


def parsed(line: str) -> dict[str, Any]:
    """Return `time`, `level`, `message`, `trace_id`, and `more`, what else the line says."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        found = _LEVEL_IN_TEXT.search(line[:80])
        return _line(_level(found[1] if found else "INFO"), line, "", {})
    level = _level(str(document.get("level") or document.get("severity") or "INFO"))
    message = str(document.get("message") or document.get("msg") or "")
    more = {k: v for k, v in document.items() if k not in (*_KNOWN, *_NOISE)}
    return _line(level, message, str(document.get("trace_id") or ""), more)


def as_text(line: dict[str, Any]) -> str:
    """Return a parsed line for a terminal; what is long goes on lines of its own."""
    more = dict(line["more"])
    below = [str(more.pop(key)) for key in ("exception", "stack") if key in more]
    told = [f"{name}={value}" for name, value in more.items()]
    return "\n".join(["  ".join([f"{line['level']:<7} {line['message']}", *told]), *below])


def _level(name: str) -> str:
    name = _NAMES.get(name.upper(), name.upper())
    return name if name in LEVELS else "INFO"


def _line(level: str, message: str, trace_id: str, more: dict[str, Any]) -> dict[str, Any]:
    time = datetime.now(timezone.utc).astimezone().strftime("%H:%M:%S.%f")[:-3]
    return {"time": time, "level": level, "message": message, "trace_id": trace_id, "more": more}
