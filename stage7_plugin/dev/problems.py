"""Where a problem is: a file and a line of the plugin, found in its log or its manifest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage7_plugin.dev.json_places import line_of_path
from stage7_plugin.host.view import HostView, ManifestUnusable
from stage7_plugin.spec.languages import LANGUAGES
from stage7_plugin.spec.manifest import manifest_problems

_PYTHON_FRAME = re.compile(r'File "([^"]+)", line (\d+)')
_ANY_FRAME = re.compile(r"([\w./\\-]+\.(?:py|[cm]?[jt]s|go|rs|rb|java|php)):(\d+)")
_PYTHON_ERROR = re.compile(r"^([\w.]*(?:Error|Exception|Exit|Interrupt)\b.*)$", re.MULTILINE)
_COMPILER = re.compile(r"^(\S+?\.\w+):(\d+):\d+: (.+)$")
"""What compilers such as Go's write, the first mistake first."""
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Problem:
    """One problem; `line` is 0 where it is not known."""

    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" if place else self.message

    def as_json(self) -> dict[str, Any]:
        """Return it for the page."""
        return {"message": self.message, "file": self.file, "line": self.line}


class ManifestProblems(Exception):
    """The manifest cannot be used.

    Attributes:
        problems: What is wrong, and where.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def checked_manifest(folder: Path) -> tuple[dict[str, Any], HostView, list[Problem]]:
    """Read manifest.json; return it, what the host reads of it, and what the host would refuse.

    Raises:
        ManifestProblems: Nothing can be started with it.
    """
    try:
        text = (folder / _MANIFEST).read_text(encoding="utf-8")
        manifest = json.loads(text)
    except json.JSONDecodeError as error:
        sentence = f"it is not JSON: {error.msg} (column {error.colno})"
        raise ManifestProblems([Problem(sentence, _MANIFEST, error.lineno)]) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ManifestProblems([Problem(f"it cannot be read: {error}", _MANIFEST)]) from error
    problems = [_in_manifest(sentence, text) for sentence in manifest_problems(manifest)]
    if not isinstance(manifest, dict):
        raise ManifestProblems(problems)
    try:
        return manifest, HostView.from_manifest(manifest), problems
    except ManifestUnusable as error:
        raise ManifestProblems(problems or [_in_manifest(error.sentence, text)]) from error


def found_in_log(lines: list[dict[str, Any]], folder: Path, sentence: str) -> Problem:
    """Return the problem that ended a start.

    Args:
        lines: What the plugin wrote, parsed.
        folder: Files of it are named; those of libraries are not.
        sentence: What is known of the problem without the log.
    """
    for line in lines:
        mistake = _COMPILER.match(line["message"])
        if mistake and (name := _inside(folder, mistake[1])) is not None:
            return Problem(mistake[3], name, int(mistake[2]))
    for line in reversed(lines):
        text = f"{line['message']}\n{line['more'].get('exception', '')}"
        for frames in (_PYTHON_FRAME, _ANY_FRAME):
            for file, number in reversed(frames.findall(text)):
                if (name := _inside(folder, file)) is not None:
                    errors = _PYTHON_ERROR.findall(str(line["more"].get("exception", text)))
                    told = errors[-1] if errors else sentence
                    # The template's plugins say in the message what to do about it.
                    advice = line["message"].partition(told)[2]
                    return Problem(f"{told}{advice}", name, int(number))
    return Problem(sentence)


def _inside(folder: Path, file: str) -> str | None:
    path = (folder / file).resolve()
    root = folder.resolve()
    if not path.is_relative_to(root) or not path.is_file():
        return None
    name = path.relative_to(root)
    mains = [language.main for language in LANGUAGES.values()]
    ours = name.parts[0] in (".venv", "node_modules", "plugin_runtime") or name.name in mains
    return None if ours else name.as_posix()


def _in_manifest(sentence: str, text: str) -> Problem:
    path = re.match(r"[\w.\[\]]+", sentence)
    return Problem(sentence, _MANIFEST, line_of_path(text, path[0] if path else ""))
