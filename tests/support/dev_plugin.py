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
# A PNG of one pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
INPUTS: list[dict[str, Any]] = [
    {"name": "text", "type": "string", "required": True, "description": "Any text"},
    {"name": "count", "type": "number", "required": False, "defaultValue": 2, "maximum": 10},
    {"name": "loud", "type": "boolean", "required": False, "defaultValue": False},
    {"name": "color", "type": "string", "required": False, "enum": ["red", "green"]},
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
]
LOGIC = f'''"""Answers with what it was given."""

import logging

WORD = "first"
PIXEL = "{PIXEL}"


def execute_plugin(inputs, context):
    logging.getLogger(__name__).info("called with %s", inputs["text"])
    if inputs["text"] == "leak":
        return {{"success": True, "outputs": {{"result": context["host_inputs"]}}}}
    if inputs["text"] == "fail":
        return {{"success": False, "error": "it fails when asked to"}}
    shown = {{name: value for name, value in inputs.items() if value is not None}}
    shown.pop("password", None)
    return {{
        "success": True,
        "outputs": {{
            "result": {{**shown, "word": WORD}},
            "rows": [{{"name": "a", "size": 1}}, {{"name": "b", "size": 2}}],
            "picture": PIXEL,
        }},
    }}
'''


def make_plugin(folder: Path) -> Path:
    """Make the plugin in a new folder, and return that."""
    ignored = shutil.ignore_patterns("__pycache__", ".venv", "*_cache")
    shutil.copytree(RENDERED, folder, ignore=ignored)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest.update(inputDefinitions=INPUTS, outputDefinitions=OUTPUTS)
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
