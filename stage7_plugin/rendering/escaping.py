"""Answers as literals: the only way by which an answer gets into a rendered file.

Each function takes any text and returns what stands for exactly that text in one language.
"""

from __future__ import annotations

import json as _json
import re
import shlex
from typing import Any

from stage7_plugin.spec.text_rules import UNSAFE, columns

_MARKDOWN_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&!$]")
_MARKDOWN_BLOCK = re.compile(r"^(\d*)([-+=.)])")


def json(value: Any, indent: int | None = None, level: int = 0) -> str:
    """JSON that keeps every readable character; unlike Jinja's tojson, not escaped for HTML.

    Args:
        value: Anything that JSON can carry.
        indent: Spaces per level; None for one line.
        level: Level at which the value stands in its file; its first line is not indented.
    """
    text = _json.dumps(value, ensure_ascii=False, indent=indent)
    lines = [UNSAFE.sub(_json_escape, line) for line in text.split("\n")]
    return ("\n" + " " * (indent or 0) * level).join(lines)


def json_string(text: object) -> str:
    """Return the text in double quotes with JSON's escapes: valid in JSON, YAML and TOML alike."""
    return json(str(text))


def compose_string(text: object) -> str:
    """Return a YAML string for a Compose file, where a single $ starts a variable."""
    return json_string(text).replace("$", "$$")


def python_literal(value: Any) -> str:
    """Return a Python literal of a JSON value; quotes are chosen as ruff format chooses them."""
    if isinstance(value, str):
        return _python_string(value)
    if isinstance(value, dict):
        items = (f"{python_literal(k)}: {python_literal(v)}" for k, v in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(python_literal, value)) + "]"
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    raise TypeError(f"there is no Python literal for a {type(value).__name__}: {value!r}")


def docstring(text: object, indent: int = 4, hanging: int = 0, width: int = 100) -> str:
    """Return the text inside a triple-quoted Python string, wrapped at `width` columns.

    Args:
        text: One line of free text.
        indent: Column at which the first line starts; it is not written.
        hanging: Further columns for the lines after the first.
        width: Columns of a line.
    """
    escaped = str(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines: list[str] = []
    for word in escaped.split():
        start = indent + (hanging if len(lines) > 1 else 0)
        if lines and start + columns(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return ("\n" + " " * (indent + hanging)).join(lines)


def dockerfile_string(text: object) -> str:
    """Return a quoted value for LABEL, ARG and ENV, in which $ and backslash are plain."""
    return '"' + re.sub(r'([\\"$])', r"\\\1", str(text)) + '"'


def shell_word(text: object) -> str:
    """One word for a POSIX shell."""
    return shlex.quote(str(text))


def markdown(text: object) -> str:
    """Markdown that shows the text as it is, also at the start of a line."""
    escaped = _MARKDOWN_SPECIAL.sub(r"\\\g<0>", str(text))
    return _MARKDOWN_BLOCK.sub(r"\1\\\2", escaped)


def markdown_code(text: object) -> str:
    """Inline code with enough backticks around it; safe in a table cell."""
    plain = str(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _python_string(text: str) -> str:
    quote = "'" if text.count('"') > text.count("'") else '"'
    escaped = str(text).replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return quote + UNSAFE.sub(_json_escape, escaped) + quote
