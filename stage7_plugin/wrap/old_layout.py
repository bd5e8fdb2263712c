"""Where a plugin made by hand has its server and its logic, at the top of its folder or below."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stage7_plugin.wrap.dockerfile_facts import DockerfileFacts
from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_entry import EXAMPLE, USUAL
from stage7_plugin.wrap.old_plugin import OldPlugin
from stage7_plugin.wrap.old_reads import Function
from stage7_plugin.wrap.old_server import call_of, routes
from stage7_plugin.wrap.old_server_file import parsed

LOGIC = "plugin_logic.py"
_SERVERS = ("server.py", "app.py", "main.py")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_][\w.]*(\(.*\))?)?")
_MOST = 50
"""Files that are looked at from the one that is started."""


@dataclass
class Layout:
    """Where things are.

    Attributes:
        servers: The file that the image starts, and those with routes that it imports.
        logic: The file of the logic.
        module: By which name the logic is imported from its place; "" if it takes the place of the
            template's plugin_logic.py.
        home: The folder in the image whose files get next to plugin_logic.py.
    """

    servers: list[str] = field(default_factory=list)
    logic: str = LOGIC
    module: str = ""
    home: str = "/"


def find_layout(
    old: OldPlugin, main: object, facts: DockerfileFacts | None, placed: Mapping[str, str]
) -> Layout:
    """Find server and logic.

    Args:
        old: The plugin.
        main: `entryPoint.main` of its manifest.
        facts: What its Dockerfile says, if there is one.
        placed: The absolute place in the image of each file of the folder.

    Raises:
        CannotWrap: There is no logic, or it is unclear which module it is.
    """
    finder = _Finder(old, facts or DockerfileFacts(), placed)
    return finder.find(str(main or ""))


class _Finder:
    def __init__(self, old: OldPlugin, facts: DockerfileFacts, placed: Mapping[str, str]) -> None:
        self.old, self.facts = old, facts
        self.names = {at: name for name, at in placed.items()}
        self.placed = placed
        self.found = Layout()
        self.root = ""  # from which the server's own imports are counted
        self.trees: dict[str, ast.Module] = {}

    def find(self, main: str) -> Layout:
        if started := self._started(main):
            self._reach(started)
        self._find_logic()
        return self.found

    def _started(self, main: str) -> str:
        """Find the file that the image starts; return its name in the folder, "" for none."""
        words = [*self.facts.command]
        for word in self.facts.command:
            script = self.names.get(posixpath.normpath(posixpath.join(self.facts.workdir, word)))
            if script and script.endswith(".sh"):
                words += self.old.bytes(script).decode("utf-8", "replace").split()
        words += ["-m", self.facts.environment.get("FLASK_APP", ("", 0))[0]]
        for before, word in zip(["", *words], words, strict=False):
            if found := self._file(word) or self._module(before, word):
                return found
        for name in ("server.py", main, *self._by_depth(_SERVERS)):
            if name in self.placed and name.endswith(".py") and posixpath.basename(name) != LOGIC:
                self.root = posixpath.dirname(self.placed[name])
                return name
        return ""

    def _by_depth(self, wanted: tuple[str, ...]) -> list[str]:
        """Return the files of these names that have routes, those nearest to the top first."""
        names = [name for name in self.placed if posixpath.basename(name) in wanted]
        names = [name for name in names if (tree := self._tree(name)) and routes(tree)]
        return sorted(names, key=lambda name: (name.count("/"), name))

    def _file(self, word: str) -> str:
        """Return the file of a command such as `python src/server.py`."""
        if not word.endswith(".py") or posixpath.basename(word) == LOGIC:
            return ""
        at = posixpath.normpath(posixpath.join(self.facts.workdir, word))
        at = at if at in self.names else self._ending(posixpath.normpath(word))
        self.root = posixpath.dirname(at) if at else self.root
        return self.names.get(at, "")

    def _module(self, before: str, word: str) -> str:
        """Return the file of a command such as `uvicorn app.main:app` or `python -m app`."""
        option, _, value = word.partition("=")
        if option in ("--app", "-A") and value:
            before, word = option, value
        named = before in ("-m", "--app", "-A")
        if not _MODULE.fullmatch(word) or not (":" in word or named):
            return self._file(word.partition(":")[0]) if named else ""
        path = word.partition(":")[0].replace(".", "/")
        for end in (".py", "/__main__.py", "/__init__.py"):
            at = posixpath.join(self.facts.workdir, path + end)
            at = at if at in self.names else self._ending(path + end)
            if at:
                self.root = at.removesuffix(path + end).rstrip("/") or "/"
                return self.names[at]
        return ""

    def _ending(self, path: str) -> str:
        return min((at for at in self.names if at.endswith(f"/{path}")), key=len, default="")

    def _tree(self, name: str) -> ast.Module | None:
        if name not in self.trees:
            try:
                self.trees[name] = parsed(self.old.bytes(name), name)
            except CannotWrap:
                return None
        return self.trees[name]

    def _reach(self, started: str) -> None:
        """Follow the imports of what is started to the files that have the routes."""
        reached = [started]
        for name in reached:
            tree = self._tree(name)
            if tree is None:
                continue
            if name == started or routes(tree):
                self.found.servers.append(name)
            if posixpath.basename(name) != LOGIC and len(reached) < _MOST:
                more = (other for other, _ in self._imports(name, tree))
                reached += [other for other in dict.fromkeys(more) if other not in reached]

    def _imports(self, name: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
        """Yield the file and the module's name of each module of the folder that one imports."""
        here = posixpath.dirname(self.placed[name])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                base = posixpath.normpath(posixpath.join(here, *[".."] * (node.level - 1)))
                modules = [node.module] if node.module else []
                modules += [f"{node.module or ''}.{one.name}".lstrip(".") for one in node.names]
                roots = [base] if node.level else self._roots()
            elif isinstance(node, ast.Import):
                modules, roots = [one.name for one in node.names], self._roots()
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                # uvicorn.run("app.main:app")
                text = node.value
                modules = (
                    [text.partition(":")[0]] if ":" in text and _MODULE.fullmatch(text) else []
                )
                roots = self._roots()
            else:
                continue
            for module in modules:
                if found := self._resolved(module, roots):
                    yield found

    def _resolved(self, module: str, roots: list[str]) -> tuple[str, str] | None:
        for root in roots:
            for end in (".py", "/__init__.py"):
                at = posixpath.join(root, module.replace(".", "/") + end)
                if at in self.names:
                    return self.names[at], module
        return None

    def _roots(self) -> list[str]:
        paths = self.facts.environment.get("PYTHONPATH", ("", 0))[0].split(":")
        return list(dict.fromkeys([self.root, self.facts.workdir, *filter(None, paths)]))

    def _find_logic(self) -> None:
        found = self.found
        imported = {
            other: module
            for name in found.servers
            for other, module in self._imports(name, self.trees[name])
            if other not in found.servers
        }
        by_depth = sorted(self.placed, key=lambda name: (name.count("/"), name))
        named = [name for name in (*imported, *by_depth) if posixpath.basename(name) == LOGIC]
        path = self.old.folder / LOGIC
        if LOGIC not in imported and (path.exists() or path.is_symlink()):
            found.home = posixpath.dirname(self.placed.get(LOGIC, "")) or self.facts.workdir
            return
        found.logic = named[0] if named else self._called(list(imported))
        at = self.placed[found.logic]
        found.home = posixpath.dirname(at)
        if "." in imported.get(found.logic, "") or self._is_in_package(found.logic):
            if self.root and at.startswith(f"{self.root.rstrip('/')}/"):
                found.home = self.root
            else:
                found.home = posixpath.dirname(found.home)
                while posixpath.join(found.home, "__init__.py") in self.names:
                    found.home = posixpath.dirname(found.home)
        inside = posixpath.relpath(at, found.home)
        found.module = "" if inside == LOGIC else inside.removesuffix(".py").replace("/", ".")

    def _is_in_package(self, name: str) -> bool:
        if posixpath.join(posixpath.dirname(self.placed[name]), "__init__.py") in self.names:
            return True
        tree = self._tree(name)
        return tree is not None and any(
            isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree)
        )

    def _called(self, imported: list[str]) -> str:
        """Return the module whose function the server calls. Raises CannotWrap."""
        calls: dict[str, str] = {}
        for server in self.found.servers:
            for name in imported:
                module = posixpath.basename(name).removesuffix(".py")
                if called := call_of(self.trees[server], module).name:
                    calls[name] = called
        usual = [name for name, called in calls.items() if called in USUAL]
        if len(usual or calls) == 1:
            return (usual or [*calls])[0]
        for server in () if calls else self.found.servers:
            for node in self.trees[server].body:
                if isinstance(node, Function) and node.name in USUAL and not node.decorator_list:
                    raise CannotWrap(
                        server, node.lineno, f"{node.name} is defined in the server itself",
                        f"a separate module, {LOGIC}, which the server imports", EXAMPLE,
                    )  # fmt: skip
        problem = "there is no such file"
        if calls:
            listed = ", ".join(f"{called} of {name}" for name, called in calls.items())
            problem += f", and {self.found.servers[0]} calls {listed}"
        elif self.found.servers:
            problem += f", and {self.found.servers[0]} calls no other module"
        raise CannotWrap(LOGIC, None, problem, f"{LOGIC} in the folder", EXAMPLE)
