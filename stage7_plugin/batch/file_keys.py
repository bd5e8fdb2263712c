"""Rules for keys of a batch file that are not prompts: logic, requirements and lock."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.batch.entries import Field
from stage7_plugin.spec.languages import LANGUAGES, PYTHON_ALONE
from stage7_plugin.spec.problems import Problem

KEYS = ("wrap", "logic", "requirements", "lock", "renamed_from", "owner", "labels")
_FILE_EXAMPLES = {"logic": "logic/text_echo.py", "lock": "logic/text_echo.txt"}
_MOST_BYTES = 16 << 20
_REQUIREMENTS_EXAMPLE = '["httpx==0.28.1", "lxml>=6"]'

# PEP 508 as far as a mistake is likely; pip is the judge of the rest. An option such as
# --index-url is none: it would let the file decide where packages come from.
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)(\[[A-Za-z0-9._, -]*\])?"
    r"\s*((===|==|~=|!=|<=|>=|<|>)[^\n\r]*|@\s*\S[^\n\r]*|;[^\n\r]*)?"
)


class FileRules:
    """Checks and finds files that are laid over; one that many plugins share is read once."""

    def __init__(self, base: Path) -> None:
        self._base = base.resolve()
        self._faults: dict[tuple[str, str, Path], str | None] = {}

    def read(
        self, key: str, value: Any, language: str = "python"
    ) -> tuple[Path | None, list[Problem]]:
        """The file for the key `logic` or `lock`, or why there is none."""
        if not isinstance(value, str):
            return None, [Problem(key, value, "must be the path of a file", _FILE_EXAMPLES[key])]
        path = (self._base / value).resolve()
        known = (key, language, path)
        if known not in self._faults:
            self._faults[known] = self._fault(key, path, language)
        fault = self._faults[known]
        if fault:
            return None, [Problem(key, value, fault, _FILE_EXAMPLES[key])]
        return path, []

    def _fault(self, key: str, path: Path, language: str) -> str | None:
        # A batch file may come from a stranger: it must not carry other files of this machine off.
        if not path.is_relative_to(self._base):
            return f"must be inside the batch file's folder, {self._base}"
        try:
            if path.exists() and not path.is_file():  # a fifo would be waited for, for ever
                return f"must be a regular file: {path}"
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
        except OSError as error:
            return f"must be a file that can be read: {error.strerror} ({path})"
        if len(content) > _MOST_BYTES:
            return f"must be at most {_MOST_BYTES >> 20} MiB ({path})"
        return _logic_fault(content, language) if key == "logic" else _lock_fault(content)


def for_python_alone(fields: Mapping[str, Field], language: str) -> list[Problem]:
    """List a problem for each key that means nothing in the plugin's language.

    What a prompt is answered is checked with the answers.
    """
    if language == "python":
        return []
    rule = f"is only for language: python, but the language is {language}; leave it out"
    return [
        Problem(key, fields[key].value, rule, "language: python")
        for key in PYTHON_ALONE
        if key in fields and key in KEYS
    ]


def _logic_fault(content: bytes, language: str) -> str | None:
    if language != "python":
        function = LANGUAGES[language].function if language in LANGUAGES else ""
        return None if function.encode() in content else f"must define {function}"
    try:
        tree = ast.parse(content)
    except (RecursionError, MemoryError):
        return "must be Python: it is nested too deeply"
    except (SyntaxError, ValueError) as error:
        line = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        return f"must be Python: {reason}{line}"
    if not _defines(tree, "execute_plugin"):
        return "must define execute_plugin(inputs, context)"
    return None


def _lock_fault(content: bytes) -> str | None:
    if b"--hash=sha256:" not in content:
        return "must be a requirements.txt with hashes, as `make lock` writes it in a plugin"
    return None


def read_requirements(value: Any) -> tuple[tuple[str, ...], list[Problem]]:
    """The lines for the key `requirements`: a list of texts, or one text with a line for each."""
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list):
        rule = "must be a list of package requirements"
        return (), [Problem("requirements", value, rule, _REQUIREMENTS_EXAMPLE)]
    problems = []
    found = []
    for line in lines:
        text = line.strip() if isinstance(line, str) else ""
        match = _REQUIREMENT.fullmatch(text)
        if not match:
            rule = "must be a package with or without a version, not an option for pip"
            problems.append(Problem("requirements", line, rule, _REQUIREMENTS_EXAMPLE))
        else:
            found.append(text)
    return tuple(found), problems


def _defines(tree: ast.Module, name: str) -> bool:
    """Whether a module defines, imports or assigns a name at its top level."""
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [statement.name]
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            names = [alias.asname or alias.name for alias in statement.names]
        elif isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        else:
            continue
        if name in names:
            return True
    return False
