"""The manifest of a host's Python plugin: what it says, where, and what cannot stay."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from stage7_plugin.host_facts import PERMISSIONS, TAKEN_VERBS
from stage7_plugin.spec import answers, derived
from stage7_plugin.wrap.host_definitions import shortened
from stage7_plugin.wrap.model import CannotWrap, Note, What

NAME = "manifest.json"
HOST_SECONDS = 60
"""The host's own time limit for an execution, where the manifest has none."""

SHORTEST_EXPLANATION = 20  # characters, for the host's schema

# Keys that the template's manifest has as well, with the type that they must have there.
_TEXTS: dict[str, type] = {
    "explanation": str, "inputGuidance": str, "semanticDescription": str,
    "capabilityKeywords": list, "usageExamples": list,
}  # fmt: skip
# Keys with a place of their own in the answers, or that the template writes itself.
_TAKEN = {"$schema", "id", "name", "verb", "description", "version", "author", "license",
          "language", "entryPoint", "inputDefinitions", "outputDefinitions", "security",
          "metadata", "repository", "tags"}  # fmt: skip


class HostManifest:
    """One manifest, and the notes on what becomes of it.

    Args:
        folder: The plugin's folder.

    Raises:
        CannotWrap: There is no JSON object in it.
    """

    def __init__(self, folder: Path) -> None:
        self.notes: list[Note] = []
        self._verb = folder.resolve().name
        expected, example = "a JSON object", '{"id": "plugin-ECHO", "verb": "ECHO"}'
        try:
            self._text = (folder / NAME).read_text("utf-8-sig")
            found = json.loads(self._text)
        except json.JSONDecodeError as error:
            what = f"it is not JSON: {error.msg}"
            raise CannotWrap(NAME, error.lineno, what, expected, example) from None
        except (OSError, ValueError) as error:
            what = f"it cannot be read: {getattr(error, 'strerror', error)}"
            raise CannotWrap(str(folder / NAME), None, what, expected, example) from None
        if not isinstance(found, dict):
            raise CannotWrap(NAME, 1, "it is not an object", expected, example)
        self.document: dict[str, Any] = found
        self.main = main_of(found)

    def note(self, name: str | None, text: str, kind: What, after: str = "") -> None:
        """Add a note, with the line on which the manifest has the name, after a key."""
        self.notes.append(Note(NAME, self._line(name, after) if name else None, text, kind))

    def wrong(self, key: str, found: str, expected: str, example: str) -> CannotWrap:
        """Return the error for a key that cannot be taken over."""
        return CannotWrap(NAME, self._line(key), found, expected, example)

    def definitions(self, key: str) -> list[Any] | None:
        """Return a list of definitions; None if there is none. Raises CannotWrap."""
        found = self.document.get(key)
        if found is not None and not isinstance(found, list):
            example = '[{"name": "text", "type": "string", "required": true}]'
            raise self.wrong(key, f"{key} is not a list", "a list of definitions", example)
        return found or None

    def object(self, key: str) -> dict[str, Any]:
        """Return an object of the manifest; an empty one if there is none."""
        found = self.document.get(key)
        return found if isinstance(found, dict) else {}

    def check_language(self) -> None:
        """Note that there is none. Raises CannotWrap for another one than Python."""
        language = self.document.get("language")
        if language is None:
            self.note(
                None,
                "it has no language, so the host does not run the plugin (Unsupported plugin "
                "language); it is run as Python",
                "changed",
            )
        elif language != "python":
            what = f"the language is {language!r}"
            raise self.wrong("language", what, "a plugin in Python", '"language": "python"')

    def answers(self) -> dict[str, str]:
        """Return the answers to prompts, all but inputs and outputs."""
        metadata, security = self.object("metadata"), self.object("security")
        verb = re.sub(r"[^A-Z0-9]+", "_", str(self.document.get("verb") or self._verb).upper())
        verb = verb.strip("_")
        if verb in TAKEN_VERBS:
            text = f"{verb} never reaches a plugin; the verb is now {verb}_PLUGIN"
            self.note("verb", text, "changed")
            verb += "_PLUGIN"
        name = verb.replace("_", " ").title()
        found = {
            "plugin_name": name,
            "plugin_slug": derived.plugin_slug(name),
            "verb": verb,
            "description": shortened(str(self.document.get("description") or "")),
            "version": str(self.document.get("version") or "1.0.0"),
            "author": str(self.document.get("author") or metadata.get("author") or ""),
            "license": str(self.document.get("license") or metadata.get("license") or ""),
            "permissions": self._permissions(security),
            "timeout_seconds": _seconds(self.object("security").get("sandboxOptions")),
        }
        found = {key: value for key, value in found.items() if value or key == "permissions"}
        for problem in answers.check(found):
            if problem.prompt in ("description", "version", "author", "license"):
                given = found.pop(problem.prompt)
                text = f"{problem.prompt} {given!r} {problem.rule}; the default is used"
                self.note(problem.prompt, text, "changed")
        return found

    def over(self) -> dict[str, Any]:
        """Return the keys that go over those of the rendered manifest; note the ones that go."""
        found: dict[str, Any] = {}
        for key, value in self.document.items():
            kind = _TEXTS.get(key)
            short = key == "explanation" and len(str(value)) < SHORTEST_EXPLANATION
            if kind is not None and isinstance(value, kind) and _are_texts(value) and not short:
                found[key] = value
            elif key not in _TAKEN:
                self.note(key, f"{key}: no part of a container plugin reads it", "dropped")
        tags = self.object("metadata").get("tags", self.document.get("tags"))
        if isinstance(tags, list) and tags and _are_texts(tags):
            found["metadata"] = {"tags": tags}
        return found

    def _line(self, name: str, after: str = "") -> int | None:
        start = max(0, self._text.find(f'"{after}"')) if after else 0
        at = self._text.find(f'"{name}"', start)
        return self._text.count("\n", 0, at) + 1 if at >= 0 else None

    def _permissions(self, security: dict[str, Any]) -> str:
        given = security.get("permissions")
        names = [str(name) for name in given] if isinstance(given, list) else []
        if not isinstance(given, list):
            text = "there are no security.permissions; the host requires a list; it is now empty"
            self.note(None, text, "changed")
        for name in names:
            if name not in PERMISSIONS:
                self.note(name, f"the host has no permission {name}", "dropped")
        return ", ".join(name for name in names if name in PERMISSIONS)


def main_of(document: dict[str, Any]) -> str:
    """Return the program that a manifest names, as a path inside the folder."""
    entry = document.get("entryPoint")
    given = entry.get("main") if isinstance(entry, dict) else entry
    return PurePosixPath(str(given or "main.py")).as_posix()


def _seconds(options: Any) -> str:
    given = options.get("timeout") if isinstance(options, dict) else None
    if isinstance(given, (int, float)) and not isinstance(given, bool) and given > 0:
        return str(min(3600, max(1, -(-int(given) // 1000))))
    return str(HOST_SECONDS)


def _are_texts(value: Any) -> bool:
    return all(isinstance(one, str) for one in (value if isinstance(value, list) else [value]))
