"""Container plugins made by hand, for the tests of `stage7-plugin wrap`."""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
import types
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from stage7_plugin.spec.answers import check
from stage7_plugin.wrap import container
from stage7_plugin.wrap.model import CannotWrap, Wrapping

PLAIN = """\
def execute_plugin(inputs, context):
    return {"success": True, "outputs": {"result": inputs["text"]}}
"""
MANIFEST: dict[str, Any] = {
    "id": "echo-it",
    "name": "Echo It",
    "verb": "ECHO_IT",
    "version": "1.2.3",
    "description": "Returns the text that it is given",
    "language": "container",
    "inputDefinitions": [{"name": "text", "type": "string", "required": True}],
    "outputDefinitions": [{"name": "result", "type": "string", "required": True}],
    "entryPoint": {"main": "server.py", "files": {}},
    "container": {
        "dockerfile": "Dockerfile",
        "buildContext": "./",
        "image": "stage7/echo-it:1.2.3",
        "ports": [{"container": 8080, "host": 0}],
        "resources": {"memory": "256m", "cpu": "0.5"},
        "healthCheck": {"path": "/health", "interval": "30s", "timeout": "10s", "retries": 3},
    },
    "api": {"endpoint": "/execute", "method": "POST", "timeout": 30000},
    "security": {"permissions": []},
}


def plugin(folder: Path, **files: str | bytes | None) -> Path:
    """A plugin that needs no correction, but for these files; None leaves one out."""
    usual: dict[str, str | bytes | None] = {
        "Dockerfile": "FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\n",
        "manifest.json": json.dumps(MANIFEST, indent=2),
        "plugin_logic.py": PLAIN,
        "server.py": "from plugin_logic import execute_plugin\n",
    }
    for name, content in {**usual, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read(folder: Path, **files: str | bytes | None) -> Wrapping:
    found = container.read(str(plugin(folder, **files)))
    assert check(found.answers) == []
    return found


def with_manifest(folder: Path, **keys: Any) -> Wrapping:
    return read(folder, **{"manifest.json": json.dumps({**MANIFEST, **keys}, indent=2)})


def notes(wrapping: Wrapping, path: str = "", kind: str = "") -> list[str]:
    return [
        f"{note.line or ''}: {note.text}"
        for note in wrapping.notes
        if note.path.startswith(path) and kind in note.kind
    ]


def has_note(wrapping: Wrapping, path: str, kind: str, words: str) -> bool:
    """Whether there is one such note, but for the one that sums up the manifest."""
    found = [text for text in notes(wrapping, path, kind) if words in text]
    found = [text for text in found if "would refuse these" not in text]
    assert len(found) <= 1, found
    return bool(found)


def refusal(folder: Path, **files: str | bytes | None) -> CannotWrap:
    with pytest.raises(CannotWrap) as refused:
        container.read(str(plugin(folder, **files)))
    return refused.value


def run(found: Wrapping, inputs: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Execute what was made, as the template's server does."""
    original = types.ModuleType("original_logic")
    logic = types.ModuleType("plugin_logic")
    with mock.patch.dict(sys.modules, {"original_logic": original, "plugin_logic": logic}):
        for module in (original, logic):
            source = found.files.get(f"{module.__name__}.py", b"")
            exec(compile(source, module.__name__, "exec"), module.__dict__)
    given = {"args": {}, "host_inputs": {}, **context}
    answer: Any = logic.execute_plugin(inputs, given)
    result: dict[str, Any] = asyncio.run(answer) if inspect.iscoroutine(answer) else answer
    return result
