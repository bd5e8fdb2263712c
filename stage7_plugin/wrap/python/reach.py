"""Which files a function needs: the modules that it reaches, and the data of their packages."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stage7_plugin.wrap.model import CannotWrap, Note
from stage7_plugin.wrap.python.modules import Import, Module, Modules
from stage7_plugin.wrap.python.place import EXAMPLE

_MOST_FILES = 2000
_MOST_BYTES = 32 << 20
_OWN = ("plugin_logic", "plugin_runtime", "plugin_call", "server", "conftest", "value_conversion")


@dataclass
class Reached:
    """What a function needs.

    Attributes:
        modules: Its modules, by name.
        outside: The modules of packages from elsewhere, by their first name: file and line of
            each import.
        notes: What could not be followed.
    """

    modules: dict[str, Module] = field(default_factory=dict)
    outside: dict[str, list[tuple[str, Import]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def reach(modules: Modules, starts: Iterable[Module]) -> Reached:
    """Follow the imports of modules, through all modules below the same root.

    Raises:
        CannotWrap: There are too many, or one cannot be read.
    """
    found = Reached()
    waiting = [one for start in starts for one in _with_parents(modules, start.name)]
    while waiting:
        module = waiting.pop()
        if module.name in found.modules:
            continue
        _refuse_taken(modules, module)
        found.modules[module.name] = module
        if len(found.modules) > _MOST_FILES:
            expected = f"a function that needs at most {_MOST_FILES} modules"
            problem = "it reaches too many modules"
            raise CannotWrap(modules.shown(module), None, problem, expected, EXAMPLE)
        for one in module.imports:
            inside = list(_inside(modules, one))
            waiting += inside
            first = one.module.partition(".")[0]
            if not first:
                text = "this import points outside the source's folder"
                if not one.optional:
                    raise CannotWrap(
                        modules.shown(module),
                        one.line,
                        text,
                        "the package's folder, in which the import can be resolved",
                        f"stage7-plugin wrap PACKAGE:{module.name.rpartition('.')[2]}.FUNCTION",
                    )
                found.notes.append(Note(modules.shown(module), one.line, text, "dropped"))
            elif not inside and first not in sys.stdlib_module_names:
                found.outside.setdefault(first, []).append((modules.shown(module), one))
    return found


def data_files(modules: Modules, reached: Reached) -> Iterator[Path]:
    """Yield the files in reached packages that are not Python: templates, tables and the like."""
    for module in reached.modules.values():
        if module.file.name == "__init__.py":
            yield from _data(module.file.parent)


def contents(modules: Modules, reached: Reached) -> dict[str, bytes]:
    """Return all files, by path as seen from the root.

    Raises:
        CannotWrap: They are too large, or one cannot be read.
    """
    found = {modules.shown(module): module.content for module in reached.modules.values()}
    total = sum(map(len, found.values()))
    for path in data_files(modules, reached):
        shown = path.relative_to(modules.root).as_posix()
        try:
            total += path.stat().st_size
            if total > _MOST_BYTES:
                expected = f"at most {_MOST_BYTES >> 20} MiB of code and data"
                problem = "there is too much data next to it"
                raise CannotWrap(shown, None, problem, expected, "the package without its data")
            found[shown] = path.read_bytes()
        except OSError as error:
            expected = "a file that can be read"
            problem = error.strerror or str(error)
            raise CannotWrap(shown, None, problem, expected, f"chmod a+r {shown}") from error
    return found


def _data(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__pycache__")) or path.is_symlink():
            continue
        if path.is_dir():
            if not any(path.glob("*.py")):
                yield from _data(path)
        elif path.is_file() and path.suffix not in (".py", ".pyc", ".pyi", ".so", ".pyd"):
            yield path


def _with_parents(modules: Modules, name: str) -> Iterator[Module]:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        module = modules.module(".".join(parts[:length]))
        if module is not None:
            yield module


def _inside(modules: Modules, one: Import) -> Iterator[Module]:
    """Yield the modules below the root that an import runs."""
    if not one.module:
        return
    yield from _with_parents(modules, one.module)
    inner = modules.module(f"{one.module}.{one.name}") if one.name.isidentifier() else None
    if inner is not None:
        yield inner


def _refuse_taken(modules: Modules, module: Module) -> None:
    first = module.name.partition(".")[0]
    if first in _OWN or first in sys.stdlib_module_names:
        whose = "the plugin's own" if first in _OWN else "the standard library"
        raise CannotWrap(
            modules.shown(module),
            None,
            f"the module {first} has the same name as one of {whose}",
            "another name",
            f"text_{first}.py",
        )
