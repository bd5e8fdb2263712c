"""Read a container plugin made by hand, from the six files of the documented template.

They are Dockerfile, server.py, plugin_logic.py, requirements.txt, manifest.json and README.md; the
logic is kept byte for byte. Nothing is run, and nothing is written.
"""

from __future__ import annotations

import ast
import json
import posixpath
import re
from pathlib import Path
from typing import Any

from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.wrap.adapter import MODULE, adapter
from stage7_plugin.wrap.dockerfile_facts import DockerfileFacts
from stage7_plugin.wrap.laying_over import RECORD
from stage7_plugin.wrap.model import CannotWrap, Wrapping
from stage7_plugin.wrap.old_example import take_example
from stage7_plugin.wrap.old_extras import is_secret
from stage7_plugin.wrap.old_files import (
    AUTHORS,
    KEPT,
    places_here,
    places_in_image,
    take_files,
    taken_as,
)
from stage7_plugin.wrap.old_image import take_dockerfile
from stage7_plugin.wrap.old_layout import Layout, find_layout
from stage7_plugin.wrap.old_logic import Declared, Logic, read_logic
from stage7_plugin.wrap.old_manifest import ManifestReader, parse_manifest
from stage7_plugin.wrap.old_plugin import OldPlugin
from stage7_plugin.wrap.old_requirements import imports_of, requirements_of
from stage7_plugin.wrap.old_server_file import parsed, take_servers

_LOGIC = "plugin_logic.py"


def recognises(source: str) -> bool:
    """Tell whether a source is a folder with a container plugin."""
    folder = Path(source)
    if not folder.is_dir():
        return False
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        manifest = {}
    if isinstance(manifest, dict) and (
        "container" in manifest or manifest.get("language") == "container"
    ):
        return True
    return (folder / "Dockerfile").is_file() or (folder / _LOGIC).is_file()


def read(source: str, execute: bool = False) -> Wrapping:
    """Read the plugin.

    Args:
        source: Its folder.
        execute: Has no meaning here: the code is only read.

    Raises:
        CannotWrap: It cannot be wrapped; with file and line, what was expected, and an example.
    """
    return _Reader(Path(source)).read(source)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.old = OldPlugin(folder)
        self.adapted = False  # whether plugin_logic.py only calls the old logic

    def read(self, source: str) -> Wrapping:
        if (self.old.folder / RECORD).exists():
            raise CannotWrap(
                RECORD, None, "this template already made the plugin",
                "a plugin made by hand", "make update",
            )  # fmt: skip
        given, twice = parse_manifest(self.old.manifest_text)
        for key in twice:
            text = f"the key {key} occurs twice; the last one counts"
            self.old.tell_manifest(key, text, "dropped")
        problems = manifest_problems(given)
        manifest = ManifestReader(given, self.old.folder.resolve().name, self.old.tell_manifest)
        facts = take_dockerfile(self.old, manifest)
        placed = places_in_image(self.old.folder, facts, self.old.tell)
        entry = given.get("entryPoint")
        main = entry.get("main") if isinstance(entry, dict) else None
        layout = find_layout(self.old, main, facts, placed)
        workdir = facts.workdir if facts else "/"
        places = places_here(placed, layout.home, workdir, self.old.tell)
        read = {*layout.servers, layout.logic}
        self.old.files |= take_files(self.old.folder, places, read, self.old.tell)
        trees = self._modules(layout.logic)
        self._logic(trees, layout, places.get(layout.logic, _LOGIC), manifest)
        self._requirements(facts, trees)
        self._authors()
        take_example(self.old, manifest)
        self._keep_readme()
        laid_over = self._laid_over(manifest)
        if problems:
            listed = "; ".join(map(_masked, problems))
            text = f"the host would refuse these, which are now corrected: {listed}"
            self.old.tell("manifest.json", None, text, "changed")
        for name in places:
            self.old.bytes(name)
        return Wrapping(
            "container", source, manifest.answers, self.old.files, self.old.notes(), laid_over,
            dict(sorted(self.old.sources.items())), self._unlinted(), self._executable(places),
        )  # fmt: skip

    def _modules(self, logic_file: str) -> dict[str, ast.Module]:
        """Parse the logic, which has to be Python, and every other module that is."""
        content = self.old.bytes(logic_file)
        found = {_LOGIC: parsed(content, logic_file)}
        for place, other in self.old.files.items():
            if place.endswith(".py"):
                try:
                    found[place] = parsed(other, place)
                except CannotWrap as error:
                    self.old.tell(place, error.line, f"{error.found}; it was copied anyway",
                               "taken")  # fmt: skip
        return found

    def _logic(
        self, trees: dict[str, ast.Module], layout: Layout, place: str, manifest: ManifestReader
    ) -> None:
        """Take over the logic, which gets to `place` if it is imported from a package."""
        path = layout.logic
        module = posixpath.basename(path).removesuffix(".py")
        definitions = manifest.definitions
        call = take_servers(self.old, layout.servers, module)
        inputs = {
            definitions.input_names.get(one["name"], one["name"]): one["type"]
            for one in definitions.inputs
        }
        theirs = {ours: old for old, ours in definitions.output_names.items()}
        outputs = [theirs.get(one["name"], one["name"]) for one in definitions.outputs]
        aliases = {alias: "any" for one in definitions.inputs for alias in one.get("aliases", ())}
        declared = Declared({**aliases, **inputs}, outputs)
        logic = read_logic(trees[_LOGIC], path, declared, call.name, call.wraps, call.setup)
        for name, (kind, line) in logic.outputs.items():
            ours = definitions.add_output(name, kind)
            text = f"the output {name} is not in manifest.json; it is now declared as {ours}:{kind}"
            self.old.tell(path, line, text, "changed")
        for kind, listed in (("input", definitions.inputs), ("output", definitions.outputs)):
            if not listed:
                self._declare_one(kind, listed)
        for name, line in logic.undeclared.items():
            text = (
                f"the code reads {name}, which manifest.json does not declare; it gets what the "
                "host sends under that name; declare it if plans should set it"
            )
            self.old.tell(path, line, text, "changed")
        manifest.answers["inputs"] = json.dumps(definitions.inputs, ensure_ascii=False)
        manifest.answers["outputs"] = json.dumps(definitions.outputs, ensure_ascii=False)
        content = self.old.bytes(path)
        renamed = definitions.input_names or definitions.output_names
        if logic.documented and not renamed and not layout.module:
            self.old.files[_LOGIC] = content
            text = f"{taken_as(path, _LOGIC)}; lint leaves it alone, as pyproject.toml says"
            self.old.tell(path, None, text, "taken")
            return
        self.adapted = True
        names = [*outputs, *logic.outputs] or ["result"]
        called = layout.module or MODULE
        kept = place if layout.module else f"{MODULE}.py"
        text = adapter(logic, definitions.input_names, definitions.output_names, names, called)
        self.old.files |= {_LOGIC: text.encode(), kept: content}
        why = _reasons(logic)
        if layout.module:
            why.insert(0, f"the server imports it as {layout.module}")
        if renamed:
            why.append("the code uses other names for inputs or outputs")
        text = f"{taken_as(path, kept)}; a new plugin_logic.py calls it: {'; '.join(why)}"
        self.old.tell(path, logic.line, text, "taken")
        for other, tree in trees.items():
            if kept == f"{MODULE}.py" and other != _LOGIC and _LOGIC[:-3] in imports_of([tree]):
                text = f"it imports plugin_logic, which is now {MODULE}"
                self.old.tell(other, None, text, "changed")

    def _declare_one(self, kind: str, listed: list[dict[str, Any]]) -> None:
        name = {"input": "input", "output": "result"}[kind]
        listed.append({"name": name, "type": "any", "required": False})
        key = f"{kind}Definitions"
        text = f"{key} is empty, and the host requires at least one {kind}; it is now {name}:any"
        self.old.tell_manifest(key, text, "changed")

    def _unlinted(self) -> tuple[str, ...]:
        """Return every file with code but for what was written here."""
        return tuple(sorted(self.old.files.keys() - ({_LOGIC} if self.adapted else set())))

    def _executable(self, places: dict[str, str]) -> frozenset[str]:
        return frozenset(
            place
            for name, place in places.items()
            if place in self.old.files and (self.old.folder / name).stat().st_mode & 0o100
        )

    def _requirements(self, facts: DockerfileFacts | None, trees: dict[str, ast.Module]) -> None:
        imported = imports_of(trees.values())
        lines = requirements_of(self.old.folder, facts, imported, self.old.tell)
        if lines:
            text = self.old.header("requirements.in") + "".join(f"{line}\n" for line in lines)
            self.old.files["requirements.in"] = text.encode()
            rest = "make lock writes requirements.txt from it, which the image installs"
            self.old.tell("requirements.in", None, rest, "changed")

    def _authors(self) -> None:
        for name in AUTHORS:
            if (self.old.folder / name).is_file():
                self.old.files[name] = self.old.bytes(name)
                self.old.tell(name, None, "byte for byte", "taken")

    def _keep_readme(self) -> None:
        if not (self.old.folder / "README.md").is_file():
            return
        self.old.files[f"{KEPT}/README.md"] = self.old.bytes("README.md")
        self.old.tell("README.md", None, f"the template's replaces it; it is now {KEPT}/README.md",
                   "kept aside")  # fmt: skip

    def _laid_over(self, manifest: ManifestReader) -> dict[str, Any] | None:
        """Return the keys for the manifest, without those that the host would refuse."""
        found = dict(manifest.laid_over)
        for key in list(found):
            if problems := [one for one in manifest_problems(found) if _is_about(one, key)]:
                del found[key]
                self.old.tell_manifest(key, f"{problems[0]}", "dropped")
        return found or None


def _is_about(problem: str, key: str) -> bool:
    return re.match(rf"{re.escape(key)}\b[^ ]* is ", problem) is not None


def _masked(problem: str) -> str:
    """Return the text of a problem without a value that may be a secret."""
    path, sign, rest = problem.partition(" is ")
    if sign and is_secret(re.split(r"[.\[]", path)[-1]):
        return f"{path} is ...: {rest.rpartition(': ')[2]}"
    return problem


def _reasons(logic: Logic) -> list[str]:
    why = []
    called = f"{logic.name}.{logic.method}" if logic.method else logic.name
    if called != "execute_plugin":
        why.append(f"the function is {called}")
    if logic.arguments != "inputs, context":
        why.append(f"it is called with ({logic.arguments})")
    if logic.enveloped:
        why.append(f'it reads the envelope {{"value": ...}} around inputs (line {logic.enveloped})')
    if logic.undeclared:
        why.append(f"it reads undeclared inputs ({', '.join(logic.undeclared)})")
    if logic.wrapped:
        why.append('it does not return {"success": True, "outputs": {...}} itself')
    if logic.setup:
        why.append(f"its setup() (line {logic.setup}) is not one that the server calls at start-up")
    return why
