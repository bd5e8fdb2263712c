"""A plugin with an input of every kind, for the tests of `stage7-plugin dev`, and running it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.template import TEMPLATE

RENDERED = TEMPLATE / "examples" / "rendered" / "text-echo"
PATIENCE = 60.0
"""Seconds; the longest that a test waits for what takes a fraction of one."""
INPUTS: list[dict[str, Any]] = [
    {"name": "text", "type": "string", "required": True, "description": "Any text"},
    {"name": "count", "type": "number", "required": False, "defaultValue": 5, "maximum": 10},
    {"name": "loud", "type": "boolean", "required": False, "defaultValue": False},
    {"name": "color", "type": "string", "required": False, "enum": ["red", "green", "blue"]},
    {"name": "day", "type": "string", "required": False, "format": "date"},
    {"name": "words", "type": "array", "required": False},
    {"name": "options", "type": "object", "required": False},
    {"name": "anything", "type": "any", "required": False},
    {"name": "document", "type": "string", "required": False, "format": "base64"},
    {"name": "password", "type": "string", "required": False, "secret": True},
]
OUTPUTS: list[dict[str, Any]] = [
    {"name": "result", "type": "object", "required": True},
    {"name": "rows", "type": "array", "required": False},
    {
        "name": "picture",
        "type": "string",
        "required": False,
        "format": "base64",
        "contentMediaType": "image/png",
    },
    {"name": "drawing", "type": "string", "required": False},
]
LOGIC = '''"""Counts the letters of a text, draws bars, and answers with what it was given."""

import logging

import base64
import collections
import struct
import zlib

WORD = "first"
COLORS = {"red": (196, 58, 49), "green": (35, 134, 84), "blue": (11, 87, 196)}
SVG = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'/>"
BAR, GAP, HEIGHT = 40, 10, 110  # pixels


def bars(counts, color):
    """Return a PNG, in base64, with a bar for each count."""
    most, width = max(counts, default=1), GAP + len(counts) * (BAR + GAP)
    space = bytes((245, 246, 248))
    lines = []
    for height in range(HEIGHT, 0, -1):
        drawn = [(color if n * HEIGHT >= height * most else space) * BAR for n in counts]
        lines.append(b"\\0" + space * GAP + b"".join(bar + space * GAP for bar in drawn))
    head = struct.pack(">IIBBBBB", width, HEIGHT, 8, 2, 0, 0, 0)  # 8 bits for each of R, G, B
    png = b"\\x89PNG\\r\\n\\x1a\\n"
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b"")):
        check = struct.pack(">I", zlib.crc32(kind + data))
        png += struct.pack(">I", len(data)) + kind + data + check
    return base64.b64encode(png).decode()


def execute_plugin(inputs, context):
    logging.getLogger(__name__).info("called with %s", inputs["text"])
    if inputs["text"] == "leak":
        return {"success": True, "outputs": {"result": context["host_inputs"]}}
    if inputs["text"] == "fail":
        return {"success": False, "error": "it fails when asked to"}
    shown = {name: value for name, value in inputs.items() if value is not None}
    shown.pop("password", None)
    counted = collections.Counter(inputs["text"].replace(" ", "")).most_common(inputs["count"])
    color = bytes(COLORS[inputs.get("color", "blue")])
    return {
        "success": True,
        "outputs": {
            "result": {**shown, "word": WORD},
            "rows": [{"letter": letter, "count": count} for letter, count in counted],
            "picture": bars([count for _, count in counted], color),
            "drawing": SVG if inputs["text"] == "draw" else None,
        },
    }
'''


def make_plugin(folder: Path, inputs: list[dict[str, Any]] = INPUTS) -> Path:
    """Make the plugin in a new folder, and return that; `inputs` are those of its manifest."""
    ignored = shutil.ignore_patterns("__pycache__", ".venv", "*_cache")
    shutil.copytree(RENDERED, folder, ignore=ignored)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest.update(inputDefinitions=inputs, outputDefinitions=OUTPUTS)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2), "utf-8")
    (folder / "plugin_logic.py").write_text(LOGIC, "utf-8")
    request = {"inputs": {"text": "hello"}}
    (folder / "examples" / "request.json").write_text(json.dumps(request), "utf-8")
    return folder


def edit(folder: Path, old: str, new: str) -> None:
    """Replace a text in plugin_logic.py, as a save in an editor does."""
    file = folder / "plugin_logic.py"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def until(condition: Callable[[], Any]) -> Any:
    """Wait until the condition holds; return what it returned."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come true in time")


class DevServer:
    """`stage7-plugin dev` as a process. `lines` is what it has printed so far."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stage7_plugin", "dev", str(folder), *options],
            cwd=TEMPLATE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.url = until(self._address)

    def printed(self, pattern: str) -> str:
        """Wait for a line with this pattern in it, and return it."""
        line: str = until(lambda: next((x for x in self.lines if re.search(pattern, x)), ""))
        return line

    def stop(self) -> int:
        """End it as Ctrl-C does; return its exit status."""
        self.process.send_signal(2)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def _address(self) -> str:
        if self.process.poll() is not None:
            pytest.fail("\n".join(self.lines))
        found = re.findall(r"http://127\.0\.0\.1:\d+/", "\n".join(self.lines[:20]))
        return found[0] if found else ""


@contextmanager
def dev_server(folder: Path, *options: str) -> Iterator[DevServer]:
    """Run `stage7-plugin dev` on a plugin, and end it."""
    server = DevServer(folder, *options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
