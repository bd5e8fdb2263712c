"""A request as a line for a shell, so that a failure can be tried by hand."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

LONGEST = 8000
"""Characters of a line; a body that makes it longer is left out, and so is the line."""


def curl_line(url: str, method: str, headers: Mapping[str, str], body: bytes | None) -> str:
    """Return the command, or "" for a body that is too long for one.

    Args:
        url: The whole address.
        method: For example `POST`.
        headers: What is sent in addition to curl's own headers.
        body: Any bytes, or None.
    """
    if len(body or b"") > LONGEST:
        return ""
    parts = ["curl", "-i", *(["-X", method] if method != "GET" else []), url]
    for name, value in headers.items():
        parts += ["-H", f"{name}: {value}"]
    text = _plain(body or b"")
    if body is not None and text is not None:
        parts += ["--data-raw", text]
    line = shlex.join(parts)
    if body is not None and text is None:
        octal = "".join(f"\\0{byte:o}" for byte in body)
        line = f"printf %b {shlex.quote(octal)} | {line} --data-binary @-"
    return line if len(line) <= LONGEST else ""


def _plain(body: bytes) -> str | None:
    """Return a body that can be typed as it is; None for any other."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
