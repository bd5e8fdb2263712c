"""The modules of a source, read on demand and never imported; what a name in one of them is."""

from __future__ import annotations

import ast
import importlib
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.python.place import EXAMPLE, module_file

if TYPE_CHECKING:
    import griffe

_INSTALL = "python -m pip install 'stage7-plugin[wrap]'"
_MOST_BYTES = 16 << 20
_OF_HINTS = ("collections.abc", "dataclasses", "decimal", "enum", "pathlib", "typing")
_LONGEST_CHAIN = 20  # of imports from one module to the next


class Import(NamedTuple):
    """One imported name.

    Attributes:
        module: The module, with all its parents; "" where it is above the root.
        name: What is imported from it; "" for the module itself, * for everything.
        bound: The local name; "" for none.
        line: From 1.
        optional: Whether the code goes on without it: it is in a `try`.
    """

    module: str
    name: str
    bound: str
    line: int
    optional: bool


@dataclass(frozen=True, eq=False)
class Module:
    """A module that was read.

    Attributes:
        name: By which name it is imported.
        file: Where it is.
        content: As it is in the file.
        tree: Its syntax.
        objects: Its functions, classes and attributes.
        imports: All that it imports when it runs, also inside functions.
    """

    name: str
    file: Path
    content: bytes
    tree: ast.Module
    objects: griffe.Module
    imports: tuple[Import, ...]

    @property
    def package(self) -> str:
        """The package from which its relative imports count."""
        is_package = self.file.name == "__init__.py"
        return self.name if is_package else self.name.rpartition(".")[0]


class Named(NamedTuple):
    """What a name stands for.

    Attributes:
        path: With its module, such as `typing.Optional`; of a builtin the name alone.
        module: The module in the source that defines it, if any.
        member: What it is there, if anything.
    """

    path: str
    module: Module | None = None
    member: griffe.Object | None = None


class Modules:
    """The modules below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """Return a module; None if it is not below the root. Raises CannotWrap."""
        if name not in self._read:
            file = module_file(self.root, name) if name else None
            self._read[name] = self._visited(name, file) if file else None
        return self._read[name]

    def shown(self, module: Module) -> str:
        """Return the file of a module as seen from the root."""
        return module.file.relative_to(self.root).as_posix()

    def named(self, module: Module, dotted: str) -> Named:
        """Find what a name in a module stands for, through imports of the source's own modules."""
        for _ in range(_LONGEST_CHAIN):
            first, _, rest = dotted.partition(".")
            member = module.objects.members.get(first)
            if member is not None and not member.is_alias:
                for part in rest.split(".") if rest else ():
                    member = member.members.get(part) if hasattr(member, "members") else None
                    if member is None or member.is_alias:
                        break
                path = f"{module.name}.{dotted}"
                found = member if member is not None and not member.is_alias else None
                return Named(path, module, found)  # type: ignore[arg-type]
            target = _bound(module, first) or self._starred(module, first)
            if target is None:
                return Named(dotted)
            path = f"{target}.{rest}" if rest else target
            inner = self._defining(path)
            if inner is None:
                return Named(path)
            module, dotted = inner
            if not dotted:
                return Named(path, module)
        return Named(dotted)

    def _starred(self, module: Module, name: str) -> str | None:
        """Return what a name is that comes from `import *`, as a dotted path."""
        for one in module.imports:
            if one.name == "*":
                inner = self.module(one.module)
                if name in (inner.objects.members if inner else _exported(one.module)):
                    return f"{one.module}.{name}"
        return None

    def only_for_checkers(self, module: Module) -> set[str]:
        """Return the names that a module has only while its types are checked."""
        running = {one.bound for one in module.imports}
        return {one.bound for one in _typing_imports(module)} - running

    def _defining(self, path: str) -> tuple[Module, str] | None:
        """Split a path into the module below the root and the rest; None if there is none."""
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            module = self.module(".".join(parts[:length]))
            if module is not None:
                return module, ".".join(parts[length:])
        return None

    def _visited(self, name: str, file: Path) -> Module:
        try:
            import griffe
        except ImportError as error:
            missing = "reading Python needs the package griffelib"
            expected = "the extra wrap to be installed"
            raise CannotWrap(file.name, None, missing, expected, _INSTALL) from error
        logging.getLogger("griffe").setLevel(
            logging.CRITICAL
        )  # what it notes is not a mistake here
        shown = file.relative_to(self.root).as_posix()
        try:
            content = file.read_bytes()
            if len(content) > _MOST_BYTES:
                expected = f"at most {_MOST_BYTES} bytes"
                raise CannotWrap(shown, None, "it is too large", expected, EXAMPLE)
            tree = ast.parse(content)
            objects = griffe.visit(name, filepath=file, code=ast_text(content))
        except OSError as error:
            expected = "a file that can be read"
            found = error.strerror or str(error)
            raise CannotWrap(shown, None, found, expected, f"chmod a+r {shown}") from error
        except (RecursionError, MemoryError) as error:
            expected = "Python that can be read"
            raise CannotWrap(shown, None, "it is nested too deeply", expected, EXAMPLE) from error
        except (SyntaxError, ValueError) as error:
            line = error.lineno if isinstance(error, SyntaxError) else None
            reason = error.msg if isinstance(error, SyntaxError) else str(error)
            expected = f"Python that {sys.version_info.major}.{sys.version_info.minor} can read"
            example = f"python -m py_compile {shown}"
            raise CannotWrap(shown, line, reason, expected, example) from error
        module = Module(name, file, content, tree, objects, ())
        imports = tuple(_imports(tree.body, module.package, False))
        return Module(name, file, content, tree, objects, imports)


def ast_text(content: bytes) -> str:
    """Return the text of a Python file, in the encoding that it declares. Raises SyntaxError."""
    import io
    import tokenize

    with io.TextIOWrapper(
        io.BytesIO(content), tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    ) as text:
        return text.read()


def _exported(name: str) -> list[str]:
    """Return what `import *` takes from a module of Python's own for type hints."""
    return importlib.import_module(name).__all__ if name in _OF_HINTS else []


def _bound(module: Module, name: str) -> str | None:
    """Return what an imported name is bound to, as a dotted path."""
    for one in (*module.imports, *_typing_imports(module)):
        if one.bound == name:
            if one.name:
                return f"{one.module}.{one.name}" if one.module else one.name
            return one.module if one.module else None
    return None


def _typing_imports(module: Module) -> Iterator[Import]:
    """Yield what is imported only for type checkers."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            yield from _imports(node.body, module.package, True)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test).rpartition(".")[2] == "TYPE_CHECKING"


def _is_main(test: ast.expr) -> bool:
    return "__name__" in ast.unparse(test) and "__main__" in ast.unparse(test)


def _imports(body: list[ast.stmt], package: str, optional: bool) -> Iterator[Import]:
    """Yield what statements import, those inside functions and classes included."""
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                module = alias.name
                yield Import(module, "", alias.asname or "", node.lineno, optional)
                if not alias.asname:
                    yield Import(bound, "", bound, node.lineno, optional)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            for alias in node.names:
                bound = alias.asname or alias.name
                yield Import(module, alias.name, bound, node.lineno, optional)
        elif isinstance(node, ast.If) and _is_type_checking(node.test):
            yield from _imports(node.orelse, package, optional)
        elif isinstance(node, ast.If) and _is_main(node.test):
            continue
        elif isinstance(node, ast.Try):
            yield from _imports(node.body, package, bool(node.handlers) or optional)
            for inner in (*(one.body for one in node.handlers), node.orelse, node.finalbody):
                yield from _imports(inner, package, True)
        else:
            for _, value in ast.iter_fields(node):
                if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                    yield from _imports(value, package, optional)
                elif isinstance(value, list) and value and isinstance(value[0], ast.match_case):
                    for case in value:
                        yield from _imports(case.body, package, optional)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """Return the module that is imported from; "" where it is above the root."""
    if not node.level:
        return node.module or ""
    parents = package.split(".") if package else []
    if node.level - 1 > len(parents) or not parents:
        return ""
    kept = parents[: len(parents) - (node.level - 1)]
    return ".".join([*kept, *([node.module] if node.module else [])])
