"""Where a function is: its file, its module, and the folder from which that is imported."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from pathlib import Path

from stage7_plugin.wrap.model import CannotWrap

EXPECTED = "a Python function, as FILE.py:NAME or FOLDER:MODULE.NAME"
EXAMPLE = "tools/text.py:summarise"


@dataclass(frozen=True)
class Place:
    """A function in a file.

    Attributes:
        file: The file.
        module: By which name it is imported.
        root: The folder from which it is imported.
        name: The function's, with that of its class; empty where the user has named none.
    """

    file: Path
    module: str
    root: Path
    name: str

    def shown(self, path: Path | None = None) -> str:
        """Return a file below the root as the plugin has it, for people."""
        return (path or self.file).relative_to(self.root).as_posix()


def is_python(source: str) -> bool:
    """Tell whether a source names Python: a file, or something in a folder."""
    path, name = _split(source)
    return path.suffix == ".py" or (bool(name) and path.is_dir())


def find(source: str) -> Place:
    """Find the file that a source names.

    Raises:
        CannotWrap: There is none.
    """
    path, name = _split(source)
    if not all(part.isidentifier() for part in name.split(".") if name):
        raise CannotWrap(source, None, f"{name} is not the name of a function", EXPECTED, EXAMPLE)
    if path.is_file():
        root, module = _import_name(path)
        return Place(path.resolve(), module, root, name)
    if path.is_dir() and name:
        return _in_folder(path, name, source)
    found = "there is no such file" if path.suffix == ".py" else "there is no such folder"
    raise CannotWrap(str(path), None, found, EXPECTED, EXAMPLE)


def module_file(root: Path, module: str) -> Path | None:
    """Return the file of a module below the root; None if it is not there."""
    base = root.joinpath(*module.split("."))
    for candidate in (base / "__init__.py", base.with_name(f"{base.name}.py")):
        if candidate.is_file():
            return candidate
    return None


def _split(source: str) -> tuple[Path, str]:
    path, colon, name = source.rpartition(":")
    # C:\text.py has a colon too.
    if not colon or "/" in name or "\\" in name:
        return Path(source), ""
    return Path(path), name


def _import_name(file: Path) -> tuple[Path, str]:
    """Return the folder from which a file is imported, and the name of its module."""
    file = file.resolve()
    names = [] if file.name == "__init__.py" else [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        names.insert(0, folder.name)
        folder = folder.parent
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise CannotWrap(
                str(file),
                None,
                f"{name} cannot be imported",
                "a name that is one in Python",
                "text_tools.py",
            )
    return folder, ".".join(names)


def _in_folder(folder: Path, name: str, source: str) -> Place:
    """Find the module in FOLDER:MODULE.NAME: the longest that there is."""
    if (folder / "__init__.py").is_file():
        root, package = _import_name(folder / "__init__.py")
        parts = [*package.split("."), *name.split(".")]
    else:
        root, parts = folder.resolve(), name.split(".")
    for length in range(len(parts), 0, -1):
        file = module_file(root, ".".join(parts[:length]))
        if file is not None:
            return Place(file, ".".join(parts[:length]), root, ".".join(parts[length:]))
    raise CannotWrap(source, None, f"there is no module {parts[0]} in {folder}", EXPECTED, EXAMPLE)
