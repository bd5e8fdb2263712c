"""Read a Python plugin of the host: a folder with manifest.json, main.py and requirements.txt.

The host starts its program for each execution, writes the inputs to its standard input, and reads
a list of outputs from its standard output. The program is kept byte for byte, in `wrapped/`;
`plugin_runtime/host_plugin.py` of the template runs it.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from stage7_plugin.spec.value_types import has_type
from stage7_plugin.wrap import host_manifest, host_program
from stage7_plugin.wrap.host_definitions import Definitions
from stage7_plugin.wrap.host_manifest import HostManifest
from stage7_plugin.wrap.model import CannotWrap, Note, What, Wrapping, digest_of
from stage7_plugin.wrap.old_requirements import imports_of, kept_line, lines_of
from stage7_plugin.wrap.python.logic import FOLDER

MOST_FILES, MOST_BYTES = 2000, 50 * 1024 * 1024
LONGEST_EXAMPLE = 60  # characters
_REQUIREMENTS = "requirements.txt"
SHARED = "shared/python/lib"  # modules of the host's repository for its plugins

# What tools leave in a plugin's folder.
_LEFT_OUT = {"__pycache__", "venv", ".venv", ".git", ".dependencies_installed", ".venv.lock",
             "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache"}  # fmt: skip
_SECRET = re.compile(r"\.env(\..*)?|.*\.(pem|key|p12|pfx)|id_(rsa|ed25519).*")

LOGIC = '''\
"""Runs the plugin in wrapped/ as it is; plugin_runtime/host_plugin.py does the work."""

from typing import Any

from plugin_runtime.host_plugin import HostPlugin

plugin = HostPlugin({arguments})


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Run {main} once, with the inputs as the host's own executor sends them."""
    return plugin.execute(inputs, context)
'''


def recognises(source: str) -> bool:
    """Tell whether a source is a folder with a Python plugin of the host, and no container."""
    folder = Path(source)
    try:
        document = json.loads((folder / host_manifest.NAME).read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return (folder / "main.py").is_file() and not (folder / "Dockerfile").is_file()
    if not isinstance(document, dict) or "container" in document:
        return False
    main = folder / host_manifest.main_of(document)
    return document.get("language", "python") == "python" and main.is_file()


def read(source: str, execute: bool = False) -> Wrapping:
    """Read the plugin; nothing is run or written.

    Args:
        source: Its folder.
        execute: Without effect: no code of the plugin is ever run to look at it.

    Raises:
        CannotWrap: With file and line, what was expected, and an example.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.folder = Path(source)
        self.manifest = HostManifest(self.folder)
        self.main = self.manifest.main
        self.notes = self.manifest.notes
        self.files: dict[str, bytes] = {}
        self.trees: dict[str, ast.Module] = {}

    def read(self) -> Wrapping:
        self.manifest.check_language()
        self._read_files()
        function = self._function()
        definitions = self._definitions(function)
        requirements = self._requirements()
        answers = {
            **self.manifest.answers(),
            "inputs": json.dumps(definitions.inputs, ensure_ascii=False),
            "outputs": json.dumps(definitions.outputs, ensure_ascii=False),
        }
        over = self.manifest.over()
        arguments = self._arguments(function, definitions)
        files = {f"{FOLDER}/{name}": content for name, content in self.files.items()}
        files["plugin_logic.py"] = LOGIC.format(arguments=arguments, main=self.main).encode()
        if requirements:
            files["requirements.in"] = requirements.encode()
            told = "its packages are in requirements.in; run make lock before the image is built"
            self._note(_REQUIREMENTS, None, told, "taken")
        self._note(self.main, None, f"{len(self.files)} unchanged files in {FOLDER}/", "taken")
        digests = {name: digest_of(content) for name, content in self.files.items()}
        return Wrapping("host-plugin", self.source, answers, files, self.notes, over, digests)

    def _note(self, path: str, line: int | None, text: str, kind: What) -> None:
        self.notes.append(Note(path, line, text, kind))

    def _note_lost(self, path: str, line: int | None, text: str, kind: str) -> None:
        if kind == "dropped":
            self._note(path, line, text, "dropped")

    def _read_files(self) -> None:
        for path in sorted(self.folder.rglob("*")):
            inside = path.relative_to(self.folder)
            if _LEFT_OUT.intersection(inside.parts) or (path.is_dir() and not path.is_symlink()):
                continue
            name = inside.as_posix()
            if path.is_symlink() or not path.is_file() or _SECRET.fullmatch(path.name):
                self._note(name, None, "it is not an ordinary file, or it holds secrets", "dropped")
                continue
            self.files[name] = path.read_bytes()
            if len(self.files) > MOST_FILES or sum(map(len, self.files.values())) > MOST_BYTES:
                what = f"it has more than {MOST_FILES} files or {MOST_BYTES} bytes"
                example = "stage7-plugin wrap plugins/TEXT_ANALYSIS"
                raise CannotWrap(self.source, None, what, "the folder of one plugin", example)
        if self.main not in self.files:
            what = f"entryPoint.main is {self.main!r}, and the folder has no such file"
            raise self.manifest.wrong("main", what, "a program", '"main": "main.py"')
        self._parse_files()
        self._add_shared()

    def _parse_files(self) -> None:
        self.trees[self.main] = host_program.parse(self.files[self.main], self.main)
        broken: dict[str, CannotWrap] = {}
        for name, content in self.files.items():
            is_test = "test" in PurePosixPath(name).name
            if name.endswith(".py") and not is_test and name != self.main:
                try:
                    self.trees[name] = host_program.parse(content, name)
                except CannotWrap as error:
                    broken[name] = error
        imported = imports_of(self.trees.values())
        for name, fault in broken.items():
            if PurePosixPath(name).parts[0].removesuffix(".py") in imported:
                raise fault
            self._note(name, fault.line, f"{fault.found}; nothing imports it", "kept aside")

    def _add_shared(self) -> None:
        """Add the host's own modules that the plugin imports, from the repository around it."""
        for path, tree in list(self.trees.items()):
            for module, (_, line, _) in self._missing(tree).items():
                name = f"{module}.py"
                places = (up / SHARED / name for up in self.folder.resolve().parents)
                found = next((place for place in places if place.is_file()), None)
                if found is not None and name not in self.files:
                    self.files[name] = found.read_bytes()
                    self.trees[name] = host_program.parse(self.files[name], name)
                    told = f"it imports {module} of the host's {SHARED}; it is also in {FOLDER}/"
                    self._note(path, line, told, "taken")

    def _missing(self, tree: ast.Module) -> dict[str, tuple[str, int, bool]]:
        local = {PurePosixPath(name).parts[0].removesuffix(".py") for name in self.files}
        return host_program.imported_packages(tree, local)

    def _function(self) -> host_program.Function | None:
        """Find the function to call, where the program does not read its inputs."""
        if any(map(host_program.reads_standard_input, self.trees.values())):
            return None
        named = str(self.manifest.object("entryPoint").get("function") or "")
        found = host_program.function(self.trees[self.main], named)
        if found is None:
            wanted = ", ".join(filter(None, (named, *host_program.FUNCTIONS)))
            raise CannotWrap(
                self.main,
                None,
                "it does not read standard input, where the host writes the inputs, and has none "
                f"of the functions {wanted} at its top level",
                "a program or function that takes inputs",
                "def execute_plugin(inputs: dict) -> dict",
            )
        text = (
            "it does not read standard input, so in the host its answer is the same for all "
            f"inputs; the wrapped plugin calls {found.name}() with them"
        )
        self._note(self.main, found.lineno, text, "changed")
        return found

    def _definitions(self, function: host_program.Function | None) -> Definitions:
        definitions = Definitions(self.manifest.note)
        inputs = self.manifest.definitions("inputDefinitions")
        outputs = self.manifest.definitions("outputDefinitions")
        names = host_program.parameters(function) if function else []
        if inputs is None:
            inputs = self._inputs_of(function)
            listed = ", ".join(one["name"] for one in inputs)
            self.manifest.note(None, f"it has no inputDefinitions; now: {listed}", "changed")
        definitions.take(inputs, outputs or [])
        if len(names) > 1:
            definitions.name_as(names)
        if any(isinstance(one, dict) and one.get("required") for one in outputs or []):
            text = "every output is now optional: the program need not return it"
            self.manifest.note("outputDefinitions", text, "changed")
        for name, (kind, line) in host_program.output_names(self.trees[self.main]).items():
            if definitions.add_output(name, kind):
                text = f"it returns {name} ({kind}), which outputDefinitions lack; now declared"
                self._note(self.main, line, text, "changed")
            elif any(name == one["name"] for one in definitions.inputs):
                text = (
                    f"it returns {name}, which cannot be declared: an input has that name. It is "
                    "sent with a warning, and breaks the contract rule execute.outputs-declared"
                )
                self._note(self.main, line, text, "dropped")
        if not definitions.outputs:
            definitions.add_output("result", "any")
            self.manifest.note(None, "it declares no output; it now has result (any)", "changed")
        own = {definitions.renamed.get(one["name"], one["name"]) for one in definitions.inputs}
        example = host_program.example_inputs(self.trees[self.main], own)
        if not example:
            text = "its values are made up: replace them with ones that the program accepts"
            self._note("examples/request.json", None, text, "changed")
        for one in definitions.inputs:
            self._compare(one)
            value = example.get(definitions.renamed.get(one["name"], one["name"]))
            if has_type(value, one["type"]):
                one["example"] = value
        return definitions

    def _inputs_of(self, function: host_program.Function | None) -> list[dict[str, Any]]:
        """Return definitions for what a function asks for, where the manifest has none."""
        names = host_program.parameters(function) if function else ["inputs"]
        if function and len(names) == 1:
            asked = host_program.keys_asked_of(function, self.trees[self.main])
            if asked:
                return [
                    {"name": name, "type": "string" if name == "action" else "any"}
                    for name in asked
                ]
        return [{"name": n, "type": "string" if n == "action" else "object"} for n in names]

    def _compare(self, definition: dict[str, Any]) -> None:
        """Look at what the program does with an input."""
        name, kind = definition["name"], definition["type"]
        tree = self.trees[self.main]
        asked = host_program.types_asked_for(tree, name)
        if asked and kind != "any" and not asked & {kind, "any"}:
            wanted = " or ".join(sorted(asked))
            text = f"{name} is a {kind}, but {self.main} asks for {wanted}; it is now any"
            self.manifest.note(name, text, "changed")
            definition["type"] = "any"
        elif kind == "string" and not {"enum", "defaultValue"} & definition.keys():
            known = host_program.values_compared(tree, name)
            if known and len(known[0]) <= LONGEST_EXAMPLE:
                definition["example"] = known[0]

    def _arguments(self, function: host_program.Function | None, found: Definitions) -> str:
        given = [] if self.main == "main.py" else [f"main={json.dumps(self.main)}"]
        if function is not None:
            given.append(f'function="{function.name}"')
        if found.renamed:
            given.append(f"renamed={json.dumps(found.renamed, ensure_ascii=False)}")
        return ", ".join(given)

    def _requirements(self) -> str:
        listed = lines_of(self.folder, _REQUIREMENTS) if _REQUIREMENTS in self.files else ()
        told = [kept_line(path, line, text, None, self._note_lost) for path, line, text in listed]
        lines = list(dict.fromkeys(line for line in told if line))
        has = {_canonical(match[0]) for line in lines if (match := re.match(r"[\w.-]+", line))}
        for path, tree in self.trees.items():
            for module, (package, line, needed) in self._missing(tree).items():
                if {_canonical(package), _canonical(module)} & has:
                    continue
                has.add(_canonical(module))
                if package and needed:
                    lines.append(package)
                    text = f"it imports {module}; requirements.in now has {package}"
                    self._note(path, line, text, "changed")
                else:
                    how = "needs" if needed else "can do without"
                    named = package or f"the package that has {module}"
                    text = f"it {how} {module}, missing from requirements.in; add {named}"
                    self._note(path, line, text, "dropped")
        return "\n".join(lines).strip() + "\n" if any(lines) else ""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
