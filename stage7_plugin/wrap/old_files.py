"""The files of a plugin made by hand: which of them are in its image, and where."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path, PurePosixPath

from stage7_plugin.host.build_context import context_files
from stage7_plugin.wrap.dockerfile_facts import DockerfileFacts
from stage7_plugin.wrap.model import CannotWrap

Tell = Callable[[str, int | None, str, str], None]
"""Called with a path, a line, a sentence, and the kind of the note."""

KEPT = "kept"
"""The folder of what was kept aside."""
MOST_FILES, MOST_BYTES = 5000, 200 << 20
# What tools leave in a folder, and what says something only about the old repository.
_LEFT_OUT = frozenset(
    ("__pycache__", ".git", ".venv", "venv", "env", "node_modules", ".mypy_cache", ".pytest_cache",
     ".ruff_cache", ".idea", ".vscode", ".tox", ".DS_Store", ".github", ".dockerignore",
     ".gitignore", ".gitattributes", ".stage7-dev")
)  # fmt: skip
_TEMPLATES_OWN = frozenset((".github", ".dockerignore", ".gitignore", ".gitattributes"))
_MOST_NAMED = 8
_SECRET = re.compile(r"\.env(\..*)?|.*\.(env|pem|key|p12|pfx)|id_(rsa|ed25519).*|\.netrc|\.pypirc")
# The six files, and what stands for them; each is read by its own reader.
SIX = frozenset(
    ("Dockerfile", "server.py", "plugin_logic.py", "requirements.txt", "manifest.json", "README.md")
)
# Files of the template that the author owns: the source's own take their place.
AUTHORS = ("LICENSE", "examples/scenarios.json")
_TEMPLATES = frozenset(
    ("plugin_runtime", "tests", "Makefile", "compatibility.py", "release.py", "CHANGELOG.md",
     "compose.yaml", "manifest.schema.json", "pyproject.toml", "renovate.json", "kubernetes.yaml",
     "host-image", "requirements.in",
     "requirements-dev.in", "requirements-dev.txt", "system-packages.txt",
     ".stage7-template.json", ".cruft.json", ".gitlab-ci.yml", "original_logic.py")
)  # fmt: skip
_COMPOSE = re.compile(r"(docker-)?compose(\.\w+)*\.ya?ml|Dockerfile.*|.*\.dockerfile|Jenkinsfile")


def read_text(folder: Path, name: str) -> str:
    """Read one of the six files.

    Raises:
        CannotWrap: It is not UTF-8 text, or a link to a place outside the folder.
    """
    content = read_inside(folder, name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start} is not UTF-8"
        raise CannotWrap(name, line, problem, "text in UTF-8") from None


def read_inside(folder: Path, name: str) -> bytes:
    """Read a file of the folder. Raises CannotWrap as above, or if it cannot be read."""
    path = folder / name
    if not _stays_inside(folder, path):
        problem = f"it is a link to {path.resolve()}, outside the folder"
        raise CannotWrap(name, None, problem, "a file, such as a copy of what it links to")
    try:
        if not path.is_file():  # a pipe would never end
            kind = "a folder" if path.is_dir() else "not a regular file"
            raise CannotWrap(name, None, f"it is {kind}", "a file")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise _too_large(name, f"it has {size} bytes")
        return path.read_bytes()
    except OSError as error:
        problem = f"it cannot be read: {error.strerror}"
        raise CannotWrap(name, None, problem, "a file that you may read") from None


def places_in_image(folder: Path, facts: DockerfileFacts | None, tell: Tell) -> dict[str, str]:
    """Find what COPY and ADD put into the image.

    Args:
        folder: The plugin's, which is the build context.
        facts: What the Dockerfile says; None without one: then every file counts.
        tell: Gets a note for what is not taken over.

    Returns:
        The absolute place in the image, by the file's place in the folder.
    """
    context = sorted(context_files(folder, "Dockerfile"))
    present = [name for name in context if _is_wanted(folder, name, tell)]
    if facts is None or not facts.copies:
        workdir = facts.workdir if facts else "/"
        return {name: posixpath.join(workdir, name) for name in present}
    placed = _placed(present, facts, tell)
    kept = {*SIX, *AUTHORS, "examples/request.json", "request.json", "example.json"}
    left = [name for name in present if name not in placed and name not in kept]
    if left:
        more = f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
        text = f"no COPY puts these into the image: {', '.join(left[:_MOST_NAMED])}{more}"
        tell("Dockerfile", None, text, "dropped")
    return placed


def places_here(placed: Mapping[str, str], home: str, workdir: str, tell: Tell) -> dict[str, str]:
    """Return where each file gets to, as seen from the new plugin_logic.py.

    Args:
        placed: The absolute place in the old image, by the file's place in its folder.
        home: The folder of the old image that is the new plugin's.
        workdir: From which the old plugin was started.
        tell: Gets a note for what gets to another place.
    """
    found = {}
    for name, at in placed.items():
        inside = _below(at, home) or _below(at, workdir)
        if inside is None:
            inside = at.lstrip("/")
            tell(name, None, f"it was at {at} in the image; it is now at /app/{inside}, so change "
                             "the path in the code", "changed")  # fmt: skip
        found[name] = inside
    return found


def _placed(present: list[str], facts: DockerfileFacts, tell: Tell) -> dict[str, str]:
    """Return the absolute place in the image of each file, the last COPY counting."""
    placed: dict[str, str] = {}
    for copy in facts.copies:
        for source in copy.sources:
            pattern = posixpath.normpath(source.lstrip("/")) or "."
            matches = [(name, _matched(name, pattern)) for name in present]
            if pattern not in SIX and not any(matched is not None for _, matched in matches):
                text = f"COPY {source}: nothing has that name, or there is nothing to take over"
                tell("Dockerfile", copy.line, text, "dropped")
            for name, matched in matches:
                if matched is None:
                    continue
                is_folder = copy.target.endswith("/") or matched != name
                rest = name[len(matched) :].lstrip("/") if matched != name else _base(name)
                rest = name if pattern == "." else rest
                placed[name] = posixpath.normpath(
                    posixpath.join(copy.target, rest) if is_folder or pattern == "." else
                    copy.target
                )  # fmt: skip
    return placed


def _matched(name: str, pattern: str) -> str | None:
    """Return the part of a path that a source of COPY names: the file, or a folder above it."""
    if pattern == ".":
        return ""
    parts = PurePosixPath(name).parts
    wanted = PurePosixPath(pattern).parts
    head = parts[: len(wanted)]
    if len(head) < len(wanted):
        return None
    if all(fnmatch.fnmatchcase(part, one) for part, one in zip(head, wanted, strict=True)):
        return "/".join(head)
    return None


def _is_wanted(folder: Path, name: str, tell: Tell) -> bool:
    parts = PurePosixPath(name).parts
    if parts[0] in _TEMPLATES_OWN:
        tell(parts[0], None, "the template has its own", "dropped")
    if _LEFT_OUT.intersection(parts) or name.endswith((".pyc", ".pyo")):
        return False
    if any(part.endswith(".egg-info") for part in parts):
        return False
    path = folder / name
    if not name.isprintable():
        tell(ascii(name), None, "its name is not UTF-8, or spans several lines", "dropped")
        return False
    if _SECRET.fullmatch(parts[-1]):
        tell(name, None, "it may hold secrets, which must not be in the image or repository",
             "dropped")  # fmt: skip
        return False
    if not _stays_inside(folder, path):
        tell(name, None, "it is a link to a place outside the folder, or to nothing", "dropped")
        return False
    if not path.is_file():
        if path.is_symlink():
            tell(name, None, "it is a link to a folder; name the folder itself in COPY", "dropped")
        return False
    return True


def take_files(
    folder: Path, places: Mapping[str, str], read: Collection[str], tell: Tell
) -> dict[str, bytes]:
    """Read the author's files that go along, but for the six.

    Args:
        folder: The plugin's.
        places: Where each of its files gets to.
        read: The server's files and the logic, which are read elsewhere.
        tell: Gets a note for what is not taken over.

    Raises:
        CannotWrap: They are too many or too large, or one cannot be read.
    """
    found: dict[str, bytes] = {}
    size = 0
    for name, place in places.items():
        if name == "server.py" and name not in read:
            tell(name, None, "the image starts another file; the template has a file of that name",
                 "dropped")  # fmt: skip
        if name in SIX or name in read or _base(name) == "Dockerfile":
            continue
        first = PurePosixPath(place).parts[0]
        if place in ("examples/request.json", *AUTHORS):
            continue  # they are looked for whether they are in the image or not
        if first in _TEMPLATES or place in SIX or first == KEPT or _COMPOSE.fullmatch(place):
            what = "the template has a file of that name"
            if place.startswith("tests/"):
                what = "they would test the old server: copy those of plugin_logic.py"
            tell(name, None, what, "dropped")
            continue
        if (folder / name).is_symlink():
            tell(name, None, "it is a link; what it links to was copied", "changed")
        else:
            tell(name, None, taken_as(name, place), "taken")
        found[place] = read_inside(folder, name)
        size += len(found[place])
        if len(found) > MOST_FILES or size > MOST_BYTES:
            raise _too_large(
                name, f"with {name}, there are {len(found)} files of {size} bytes in all"
            )
    return found


def taken_as(name: str, place: str) -> str:
    """Say that a file was copied, and to where if it has another name there."""
    return "byte for byte" if name == place else f"byte for byte, as {place}"


def _too_large(name: str, problem: str) -> CannotWrap:
    rule = (
        f"at most {MOST_FILES} files and {MOST_BYTES >> 20} MiB; list unneeded files "
        "in .dockerignore"
    )
    return CannotWrap(name, None, problem, rule, "echo data >> .dockerignore")


def _stays_inside(folder: Path, path: Path) -> bool:
    """Tell whether a path leads to something in the folder, links resolved."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def _base(name: str) -> str:
    return posixpath.basename(name)


def _below(path: str, folder: str) -> str | None:
    """Return a path as seen from a folder; None if it is not inside."""
    if folder in ("/", ""):
        return path.lstrip("/")
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None
