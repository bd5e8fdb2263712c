"""The template, loaded once and rendered again and again in this process.

The files and their names come out as Cookiecutter renders them: with its own Jinja environment, and
by its rules for copied files, binary files, empty names and line ends.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from binaryornot.check import is_binary
from cookiecutter.find import find_template
from cookiecutter.generate import is_copy_only_path
from cookiecutter.utils import create_env_with_context
from jinja2 import FileSystemLoader, Template

from stage7_plugin.rendering import provenance
from stage7_plugin.rendering.entries import RENDERED, SOURCES, EntryName, parse_name, source_path
from stage7_plugin.rendering.template_folder import CACHES, template_folder
from stage7_plugin.spec import derived
from stage7_plugin.spec.plugin_spec import PluginSpec

# What differs from a single run of Cookiecutter if the file does not say otherwise: a repository
# costs three processes for each plugin, and a fleet usually lives in one. There no forge reads what
# CI a plugin's folder has.
BATCH_DEFAULTS = {"git_init": "no"}
_CI_OF_A_FOLDER = "none"


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file of a plugin: its path with slashes, its content and its permissions."""

    path: str
    content: bytes
    mode: int


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of the template: what its name and its content are made from."""

    name: str | Template | EntryName
    content: bytes | Template
    newline: str
    mode: int


class PluginTemplate:
    """Renders plugins; one for each process."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or template_folder()
        if str(self._root) not in sys.path:  # as Cookiecutter does, for the template's extension
            sys.path.append(str(self._root))
        text = (self._root / "cookiecutter.json").read_text("utf-8")
        self._settings: dict[str, Any] = json.loads(text)
        self.prompts = [key for key in self._settings if not key.startswith("_")]
        context = {"cookiecutter": self._settings}
        self._environment = create_env_with_context(context)
        self._environment.auto_reload = False
        self._environment.cache = {}  # of templates: all of them, whatever their number
        # Asked once instead of once for each plugin: it runs git.
        self._environment.globals["default_author"] = functools.cache(derived.default_author)
        self._project = Path(find_template(self._root, self._environment)).resolve()
        self._environment.loader = FileSystemLoader(
            [str(self._project), str(self._root / "templates")]
        )
        # Defaults that another one may not replace in a plugin that is there; see the guide.
        self.lasting = [key for key in self.prompts if self._lasts(key)]
        self._defaults = {key: self._default(key) for key in self.prompts}
        self._of_languages: list[str] = []
        self._sources = list(self._read_sources(context))

    def answers(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every prompt's answer: the given ones as they are, the others derived from them."""
        answers: dict[str, Any] = {}
        if given.get("git_init") != "yes":
            given = {"ci": _CI_OF_A_FOLDER, **given}
        for prompt, default in self._defaults.items():
            answers[prompt] = given[prompt] if prompt in given else default(answers)
        return answers

    def render(self, spec: PluginSpec) -> Iterator[RenderedFile]:
        """Render every file of a plugin."""
        variables = {"cookiecutter": {**self._settings, **spec.answers}, "plugin": spec}
        for source in self._sources:
            name = source.name
            path = name if isinstance(name, str) else name.render(variables)
            if not path or path.endswith("/"):
                continue  # a name that renders empty stands for no file
            content = source.content
            if isinstance(content, Template):
                text = content.render(variables).replace("\n", source.newline)
                content = text.encode()
            yield RenderedFile(path, content, source.mode)

    def rendered_digest(self, contents: Mapping[str, bytes]) -> str:
        """Of rendered files, whatever commit of the template they name."""
        digest = hashlib.blake2b(digest_size=16)
        for path, content in sorted(contents.items()):
            neutral = content.replace(self._made_from, b"")
            if path == ".stage7-template.json":
                neutral = json.dumps(json.loads(content)["answers"]).encode()
            digest.update(f"{path}\0{len(neutral)}\0".encode() + neutral)
        return digest.hexdigest()

    @functools.cached_property
    def _made_from(self) -> bytes:
        return provenance.made_from({}).encode()

    @functools.cached_property
    def digest(self) -> str:
        """Of everything that decides what is rendered besides the answers; not of its commit."""
        package = Path(__file__).resolve().parents[1]
        named = [
            (path.relative_to(package).as_posix(), path)
            for folder in ("spec", "rendering")
            for path in _files(package / folder)
        ]
        named.append(("cookiecutter.json", self._root / "cookiecutter.json"))
        named += [(f"{SOURCES}/{path}", self._root / SOURCES / path) for path in self._of_languages]
        for folder in (self._project, self._root / "templates"):
            named += [
                (f"{folder.name}/{path.relative_to(folder)}", path) for path in _files(folder)
            ]
        digest = hashlib.blake2b(digest_size=16)
        for name, path in sorted(named):
            digest.update(f"{name}\0{_mode(path)}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def _lasts(self, prompt: str) -> bool:
        """Whether a default stays: it follows from no other answer and is rendered."""
        written = self._settings[prompt]
        derived = isinstance(written, str) and "{{" in written
        return (prompt == "author" or not derived) and prompt not in ("git_init", "build_image")

    def _default(self, prompt: str) -> Callable[[Mapping[str, Any]], Any]:
        written = self._settings[prompt]
        if isinstance(written, list):
            choice = BATCH_DEFAULTS.get(prompt, written[0])
            return lambda _: choice
        if "{{" not in written:
            return lambda _: written
        template = self._environment.from_string(written)
        return lambda answers: template.render(cookiecutter=answers)

    def _read_sources(self, context: dict[str, Any]) -> Iterator[_Source]:
        for path in sorted(_files(self._project)):
            name = path.relative_to(self._project).as_posix()
            mode = _mode(path)
            if entry := parse_name(name):
                source = source_path(path.read_text("utf-8")) or ""
                self._of_languages.append(source)
                if not source.endswith(RENDERED):
                    content = (self._root / SOURCES / source).read_bytes()
                    yield _Source(entry, content, "\n", mode)
                    continue
            compiled = self._environment.from_string(name) if "{" in name else name
            copied = is_copy_only_path(os.path.normpath(name), context)
            if copied or is_binary(str(path)):
                yield _Source(compiled, path.read_bytes(), "\n", mode)
            else:
                yield _Source(compiled, self._environment.get_template(name), _newline(path), mode)


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder, without what tools leave, such as pip's byte code."""
    for path in folder.rglob("*"):
        if path.is_file() and not any(p in CACHES for p in path.relative_to(folder).parts):
            yield path


def _mode(path: Path) -> int:
    """The permissions that git would give the file; those on disk depend on the umask."""
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def _newline(path: Path) -> str:
    """The line end of the first line; the system's own where there is none."""
    first = path.read_bytes().partition(b"\n")
    if not first[1]:
        return os.linesep
    return "\r\n" if first[0].endswith(b"\r") else "\n"
