"""What a plugin made by hand installs with pip, as lines of requirements.in."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from stage7_plugin.wrap.dockerfile_facts import DockerfileFacts
from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_files import Tell, read_text
from stage7_plugin.wrap.python.requirements import is_for_older_python

# Servers, and the modules that they bring along: the template's server needs none of them.
_SERVERS: dict[str, frozenset[str]] = {
    "flask": frozenset(
        ("flask", "werkzeug", "jinja2", "markupsafe", "click", "itsdangerous", "blinker")
    ),
    "flask-cors": frozenset(("flask_cors",)),
    "flask-restful": frozenset(("flask_restful",)),
    "werkzeug": frozenset(("werkzeug", "markupsafe")),
    "gunicorn": frozenset(("gunicorn",)),
    "waitress": frozenset(("waitress",)),
    "gevent": frozenset(("gevent", "greenlet")),
    "fastapi": frozenset(("fastapi", "starlette", "pydantic", "typing_extensions", "anyio")),
    "starlette": frozenset(("starlette", "anyio")),
    "uvicorn": frozenset(("uvicorn", "h11", "click")),
    "hypercorn": frozenset(("hypercorn", "h11")),
    "sanic": frozenset(("sanic",)),
    "bottle": frozenset(("bottle",)),
}
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)")
_INDEX = re.compile(r"(-i|--index-url|--extra-index-url|-f|--find-links|--no-index)\b")
_KEPT_OPTIONS = re.compile(r"(--pre|--no-binary|--only-binary|--prefer-binary)\b")
_LOCAL = re.compile(r"([./~]|file:)|.*@\s*(file:|[./~])|(?!.*://).*\.(whl|zip|tar\.gz)$")


def requirements_of(
    folder: Path, facts: DockerfileFacts | None, imported: Collection[str], tell: Tell
) -> list[str]:
    """Return the lines.

    Args:
        folder: The plugin's.
        facts: What the Dockerfile says, if there is one.
        imported: Modules that the code that goes along imports.
        tell: Gets a note for what is changed or dropped.

    Raises:
        CannotWrap: A file that is named is missing, or cannot be read.
    """
    lines: list[str] = []
    files = dict(facts.requirement_files) if facts else {}
    if not files and (folder / "requirements.txt").exists():
        files = {"requirements.txt": 0}
    for name, where in files.items():
        found = name if (folder / name).exists() else _elsewhere(folder, name)
        if found is None:
            raise CannotWrap(
                "Dockerfile", where, f"pip installs from {name}, which does not exist",
                "a file in the folder", "requirements.txt",
            )  # fmt: skip
        for path, line, text in lines_of(folder, found):
            kept = kept_line(path, line, text, imported, tell)
            if kept and kept not in lines:
                lines.append(kept)
    for listed in (facts.indexes, facts.requirements) if facts else ():
        for text, line in listed.items():
            kept = kept_line("Dockerfile", line, text, imported, tell)
            if kept and kept not in lines:
                lines.append(kept)
    return lines if any(not line.startswith("-") for line in lines) else []


def imports_of(trees: Iterable[ast.Module]) -> set[str]:
    """Return the first part of every module that is imported."""
    found: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(one.name.partition(".")[0] for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found


def _elsewhere(folder: Path, name: str) -> str | None:
    places = sorted(folder.rglob(name))
    return places[0].relative_to(folder).as_posix() if places else None


def lines_of(
    folder: Path, name: str, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and text of each requirement, files that are named by -r included."""
    text = read_text(folder, name)
    number = 0
    joined = ""
    start = 1
    for number, raw in enumerate(text.splitlines(), 1):
        start = start if joined else number
        joined += raw[:-1] if raw.endswith("\\") else raw
        if raw.endswith("\\"):
            continue
        line, joined = re.sub(r"(^|\s)#.*", "", joined).strip(), ""
        other = re.match(r"(?:-r|--requirement)[ =]*(\S+)", line)
        if other is None:
            if line:
                yield name, start, line
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), other[1]))
        if path in (*above, name):
            continue
        if path.startswith("..") or not (folder / path).is_file():
            problem = f"it names {other[1]}, which is not a file in the folder"
            raise CannotWrap(name, start, problem, "a file in the folder", "-r base.txt")
        yield from lines_of(folder, path, (*above, name))


def kept_line(path: str, line: int, text: str, imported: Collection[str] | None, tell: Tell) -> str:
    """Return a line as requirements.in gets it; "" if it is dropped, which is reported.

    Args:
        path: The file.
        line: From 1.
        text: Without comments.
        imported: Modules that the code imports; None if it has no server of its own.
        tell: Gets a note.
    """
    if "--hash" in text:
        text = re.sub(r"\s+--hash[ =]\S+", "", text).strip()
    if text.startswith("-"):
        return _option(path, line, text, tell)
    if re.search(r"(^|@\s*)(git|hg|svn|bzr)\+", text):
        advice = "name an archive, such as name @ https://github.com/org/name/archive/COMMIT.tar.gz"
        tell(path, line, f"{text}: a repository has no hash; {advice}", "dropped")
        return ""
    if _LOCAL.match(text):
        tell(path, line, f"{text}: a file of the folder is not there when packages are installed; "
                         "put its code next to plugin_logic.py", "dropped")  # fmt: skip
        return ""
    found = _NAME.match(text)
    if found is None:
        tell(path, line, f"{text}: it is not a requirement, such as requests>=2.32", "dropped")
        return ""
    name = re.sub(r"[-_.]+", "-", found[1]).lower()
    if is_for_older_python(text):
        tell(path, line, f"{text}: plugins always run on a newer Python", "dropped")
        return ""
    if imported is not None and name in _SERVERS and not _SERVERS[name] & {*imported}:
        tell(path, line, f"{text}: only the old server used it", "dropped")
        return ""
    tell(path, line, f"{text}: to requirements.in", "taken")
    return text


def _option(path: str, line: int, text: str, tell: Tell) -> str:
    if _INDEX.match(text):
        if re.search(r"://[^/\s]*@", text):
            place = re.sub(r"://[^/\s]*@", "://...@", text)
            tell(path, line, f"{place}: a password must not be committed; "
                             "set PIP_EXTRA_INDEX_URL and UV_INDEX", "dropped")  # fmt: skip
            return ""
        if "://" not in text and not text.startswith("--no-index"):
            tell(
                path, line, f"{text}: a folder is not there when packages are installed", "dropped"
            )
            return ""
        tell(path, line, f"{text}: to requirements.in", "taken")
        return text
    if _KEPT_OPTIONS.match(text):
        return text
    if not text.startswith("--require-hashes"):
        tell(path, line, f"{text}: make lock does not need it, or cannot use it", "dropped")
    return ""
