"""Which packages a source needs, by what it imports."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from stage7_plugin.spec.answers import CHOICES
from stage7_plugin.wrap.model import Note
from stage7_plugin.wrap.python.reach import Reached

# Packages that are called otherwise than what is imported from them.
CALLED = {
    "attr": "attrs", "bs4": "beautifulsoup4", "cairosvg": "CairoSVG", "Crypto": "pycryptodome",
    "cv2": "opencv-python-headless", "dateutil": "python-dateutil", "docx": "python-docx",
    "dotenv": "python-dotenv", "fitz": "PyMuPDF", "git": "GitPython", "google": "protobuf",
    "jose": "python-jose", "jwt": "PyJWT", "magic": "python-magic", "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL", "PIL": "pillow", "pptx": "python-pptx", "psycopg2": "psycopg2-binary",
    "serial": "pyserial", "skimage": "scikit-image", "sklearn": "scikit-learn", "slugify":
    "python-slugify", "telegram": "python-telegram-bot", "usb": "pyusb", "yaml": "PyYAML",
    "zmq": "pyzmq",
}  # fmt: skip
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_OLDER = re.compile(r""";(?!.*\bor\b).*\bpython_version\s*(<=?)\s*["'](\d+)(?:\.(\d+))?["']""")
_LEVELS = 4  # of folders above the source in which its project may be described


class Needs(NamedTuple):
    """What goes into requirements.in, and what is to say about it."""

    lines: list[str]
    notes: list[Note]


def requirements(reached: Reached, root: Path) -> Needs:
    """Return the packages for what is imported from elsewhere.

    A package that the source's project declares is taken as it is declared; of one that is
    installed here, at least that version; else the import's own name, with a note.
    """
    declared = _declared(root)
    needs = Needs([], [])
    for name, places in sorted(reached.outside.items()):
        file, one = next((place for place in places if not place[1].optional), places[0])
        if one.optional:
            text = f"{name} is imported only if it is there; add its package to requirements.in"
            needs.notes.append(Note(file, one.line, text, "dropped"))
            continue
        installed = _installed().get(name, [])
        candidates = [*installed, CALLED.get(name, name), name]
        line = next((declared[key] for key in map(_key, candidates) if key in declared), None)
        if line is None and installed:
            line = f"{installed[0]}>={metadata.version(installed[0])}"
        if line is None:
            line = CALLED.get(name, name)
            text = f"the package for {name} is taken to be {line}: check requirements.in"
            needs.notes.append(Note(file, one.line, text, "changed"))
        if line not in needs.lines:
            needs.lines.append(line)
    return needs


@cache
def _installed() -> Mapping[str, list[str]]:
    """Return the packages here, by what is imported from them; finding them takes a while."""
    return metadata.packages_distributions()


def is_for_older_python(line: str) -> bool:
    """Tell whether a requirement is for versions of Python that no plugin has.

    `make lock` refuses it, because nothing would be installed.
    """
    match = _OLDER.search(line)
    if match is None:
        return False
    oldest = tuple(map(int, CHOICES["python_version"][0].split(".")))
    version = (int(match[2]), int(match[3] or 0))
    return version < oldest or (match[1] == "<" and version == oldest)


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared(root: Path) -> dict[str, str]:
    """Return the requirements of the project around the source, by name."""
    for folder in [root, *root.parents][:_LEVELS]:
        found = [*_of_project(folder / "pyproject.toml"), *_of_file(folder / "requirements.in")]
        found = found or _of_file(folder / "requirements.txt")
        found = [line for line in found if not is_for_older_python(line)]
        if found:
            return {_key(match[1]): line for line in found if (match := _NAME.match(line))}
        if (folder / ".git").exists():
            break
    return {}


def _of_project(path: Path) -> list[str]:
    if sys.version_info < (3, 11):
        return []
    import tomllib

    try:
        document = tomllib.loads(path.read_text("utf-8"))
        listed = document["project"]["dependencies"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def _of_file(path: Path) -> list[str]:
    """Return the lines of a requirements file, without options, hashes and comments."""
    try:
        text = path.read_text("utf-8").replace("\\\n", " ")
    except (OSError, ValueError):
        return []
    lines = (re.sub(r"(^|\s)#.*|\s--hash=\S+", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("-")]
