"""Requests that were sent, kept in the plugin's folder, and what can be made from one."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from stage7_plugin.errors import UserError

FOLDER = ".stage7-dev"
_KEPT = 100
_LARGEST = 1_000_000
"""Bytes of an entry; what is larger, such as a film, is not kept."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")

Entry = dict[str, Any]


class NotSaved(UserError):
    """A request was not saved. The message is one sentence."""


class History:
    """The requests of one plugin. Values of secret inputs are never written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / FOLDER / "history.jsonl"
        self._lock = threading.Lock()

    def add(self, manifest: Mapping[str, Any], called: Mapping[str, Any], when: str) -> Entry:
        """Keep a request and its answer; return the entry."""
        secret = {d["name"] for d in manifest["inputDefinitions"] if d.get("secret")}
        given = {k: v for k, v in called["inputs"].items() if k not in secret}
        entry: Entry = {
            "id": called["trace_id"],
            "time": when,
            "inputs": given,
            "left_out": sorted(secret & called["inputs"].keys()),
            "as_host": called["as_host"],
            "status": called["status"],
            "success": called["success"],
            "answer": called["answer"],
            "seconds": sum(seconds for _, seconds in called["phases"]),
        }
        line = json.dumps(entry)
        if len(line) <= _LARGEST:
            with self._lock:
                lines = [*self._lines(), line][-_KEPT:]
                self._write(lines)
        return entry

    def entries(self) -> list[Entry]:
        """Return what is kept, the newest first."""
        with self._lock:
            return [json.loads(line) for line in reversed(self._lines())]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._write([])

    def save_example(self, entry_id: str, name: str, plugin_id: str) -> str:
        """Write `examples/NAME.json`; return its path in the folder. Raises NotSaved."""
        entry = self._entry(entry_id)
        context = {"trace_id": f"example-{name}", "plugin_id": plugin_id}
        return self._new("examples", name, {"inputs": entry["inputs"], "context": context})

    def save_test(self, entry_id: str, name: str) -> str:
        """Write the request and its answer as a test of the plugin; return the path.

        Raises:
            NotSaved: The plugin has no tests of the template, or the name is taken or wrong.
        """
        entry = self._entry(entry_id)
        conftest = self._folder / "tests" / "conftest.py"
        if not conftest.is_file() or "def server(" not in conftest.read_text(encoding="utf-8"):
            raise NotSaved("tests/conftest.py has no fixture `server`, which the test would need")
        kept = {name: entry[name] for name in ("inputs", "status", "answer")}
        path = self._new("tests/requests", name, kept)
        test = self._folder / "tests" / "test_saved_requests.py"
        if not test.exists():
            text = resources.files("stage7_plugin.dev").joinpath("saved_requests.txt").read_text()
            test.write_text(text, encoding="utf-8")
        return path

    def _entry(self, entry_id: str) -> Entry:
        for entry in self.entries():
            if entry["id"] == entry_id:
                return entry
        raise NotSaved("this request is no longer in the history; send it again")

    def _new(self, folder: str, name: str, document: Any) -> str:
        if not _NAME.fullmatch(name):
            raise NotSaved(f"the name {name!r} must be like two-lines: a to z, 0 to 9 and hyphens")
        path = self._folder / folder / f"{name}.json"
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise NotSaved(f"{folder} is outside the plugin's folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        except FileExistsError as error:
            raise NotSaved(f"{folder}/{name}.json exists; choose another name") from error
        return f"{folder}/{name}.json"

    def _lines(self) -> list[str]:
        try:
            return self._file.read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _write(self, lines: list[str]) -> None:
        self._file.parent.mkdir(exist_ok=True)
        ignore = self._file.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        part = self._file.with_suffix(".part")
        part.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        part.replace(self._file)
