"""Finding out the format of a batch file, and reading it."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from stage7_plugin.batch.entries import EXAMPLE_FILE, Entry, Fleet, Unreadable
from stage7_plugin.batch.read_csv import read_csv
from stage7_plugin.batch.read_json import read_json, read_json_lines
from stage7_plugin.batch.read_yaml import read_yaml
from stage7_plugin.spec import strict_json

READERS: dict[str, Callable[[str, Fleet], None]] = {
    "yaml": read_yaml,
    "json": read_json,
    "jsonl": read_json_lines,
    "csv": read_csv,
}
SUFFIXES = {
    ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".csv": "csv",
}  # fmt: skip

_AS_UTF8 = "save it again as UTF-8 (in Excel: CSV UTF-8)"
_MOST_BYTES = 64 << 20  # some 100,000 plugins; a device such as /dev/zero has no end


def read_fleet(source: str, form: str | None = None, defaults: str | None = None) -> Fleet:
    """Read a batch file.

    Args:
        source: Its path, or - for standard input.
        form: One of READERS; without it the suffix tells, and for standard input the text.
        defaults: A file with the defaults, for a batch file that has no place for them.
    """
    fleet = _read(source, form)
    if not fleet.plugins and not fleet.problems:
        fleet.fault(1, "plugins", [], "there must be at least one plugin")
    if defaults is not None:
        _take_defaults(defaults, fleet)
    return fleet


def _read(source: str, form: str | None, example: str = EXAMPLE_FILE) -> Fleet:
    fleet = Fleet()
    try:
        text = _text(source)
        READERS[form or _form(source, text)](text, fleet)
    except Unreadable as error:
        fleet.fault(error.line, "", source, error.rule, example)
    return fleet


def _take_defaults(path: str, fleet: Fleet) -> None:
    """Read the file of `--defaults`: one with the key `defaults` and no plugins."""
    example = "defaults: {author: Ada Lovelace}"
    found = _read(path, None, example)
    if found.plugins:
        rule = "the --defaults file must contain defaults and no plugins"
        found.fault(
            found.plugins[0].line, "plugins", f"{len(found.plugins)} plugins", rule, example
        )
    elif not found.defaults.fields and not found.problems:
        rule = "the --defaults file must have the key defaults"
        found.fault(1, "defaults", "", rule, example)
    fleet.problems += [replace(problem, file=path) for problem in found.problems]
    own = fleet.defaults
    if own.fields:
        rule = f"must be in one place: leave out --defaults {path}, or the defaults of this file"
        fleet.fault(own.line, "defaults", ", ".join(own.fields), rule, example)
    else:
        fleet.defaults = Entry(found.defaults.line, found.defaults.fields, path)


def _text(source: str) -> str:
    try:
        if source == "-":
            raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(1, f"must be a file that can be read: {error.strerror}") from error
    if len(raw) > _MOST_BYTES:
        rule = f"must be at most {_MOST_BYTES >> 20} MiB; split it into several files"
        raise Unreadable(1, rule)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(1, f"must be UTF-8, and this is UTF-16; {_AS_UTF8}")
    try:
        return raw.decode("utf-8-sig")  # Excel writes the mark
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        rule = f"must be UTF-8; byte {error.start} is not"
        read_as = raw[error.start : error.start + 1].decode("cp1252", "replace")
        if read_as != "\ufffd" and read_as.isprintable():
            rule += f", and is {read_as} in Windows-1252; {_AS_UTF8}"
        raise Unreadable(line, rule) from error


def _form(source: str, text: str) -> str:
    if source != "-":
        suffix = Path(source).suffix.lower()
        if suffix not in SUFFIXES:
            rule = f"must end with one of {', '.join(SUFFIXES)}, or be named by --format"
            raise Unreadable(1, rule)
        return SUFFIXES[suffix]
    if not text.lstrip().startswith("{"):
        return "yaml"
    first_line = text.lstrip().split("\n", 1)[0]
    try:
        return "json" if "plugins" in strict_json.decode(first_line) else "jsonl"
    except ValueError:  # an object that ends on a later line
        return "json"
