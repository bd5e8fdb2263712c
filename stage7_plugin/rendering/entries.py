"""Entries: files of the template folder that stand for a file of one language.

    {{cookiecutter.plugin_slug}}/plugin_runtime/{{ python('app.py') }}
    {{ source('python/plugin_runtime/app.py') }}

Cookiecutter skips a file whose name renders empty, and the name of an entry does for every other
language. Its content is the file of that path in `languages/`: as it is there, or rendered if its
name ends with `.jinja`. `python -m tools.entries` writes the entries.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template, pass_context
from jinja2.runtime import Context

from stage7_plugin.rendering.template_folder import template_folder
from stage7_plugin.spec.languages import LANGUAGES, answered

SOURCES = "languages"
"""The folder of the sources, next to the template folder."""
RENDERED = ".jinja"
"""The end of the name of a source that is rendered."""

_NAME = re.compile(
    r"(?P<folder>(?:[^{}/]+/)*)\{\{ (?P<language>\w+)\('(?P<file>[^'{}]+)'"
    r"(?P<choices>(?:, \w+='[^'{}]*')*)\) \}\}"
)
_CHOICE = re.compile(r", (\w+)='([^']*)'")
_CONTENT = re.compile(r"\{\{ source\('(?P<path>[^'{}]+)'\) \}\}\n")


class EntryName:
    """The name of an entry, which Jinja need not compile: that takes longer than all the rest."""

    def __init__(self, folder: str, file: str, language: str, choices: Mapping[str, str]) -> None:
        self._folder, self._file = folder, file
        self._language, self._choices = language, dict(choices)

    def render(self, *variables: Mapping[str, Any], **named: Any) -> str:
        """Return the name, or only its folder where the answers want no such file."""
        answers = named["cookiecutter"] if named else variables[0]["cookiecutter"]
        return self._folder + _wanted(answers, self._language, self._choices, self._file)


def parse_name(name: str) -> EntryName | None:
    """Return what the name of an entry says; None for any other name."""
    match = _NAME.fullmatch(name)
    if match is None or match["language"] not in LANGUAGES:
        return None
    choices = dict(_CHOICE.findall(match["choices"]))
    return EntryName(match["folder"], match["file"], match["language"], choices)


def source_path(content: str) -> str | None:
    """Return the path in `languages/` that the content of an entry names; None if it is none."""
    match = _CONTENT.fullmatch(content)
    return match["path"] if match else None


def install(environment: Environment) -> None:
    """Add `source` and a function for the names of each language, and read such names quickly."""
    loader = FileSystemLoader(template_folder() / SOURCES)

    @functools.cache
    def template(path: str) -> Template:
        return loader.load(environment, path, environment.globals)

    @pass_context
    def source(context: Context, path: str) -> str:
        """Return the text of a file in `languages/`, without its last line end."""
        if path.endswith(RENDERED):
            return template(path).render(context.get_all()).removesuffix("\n")
        return _text(path).removesuffix("\n")

    environment.globals["source"] = source
    environment.globals.update({language: _name_function(language) for language in LANGUAGES})
    from_string, get_template = environment.from_string, environment.get_template

    def quick_name(text: Any, *arguments: Any, **options: Any) -> Any:
        name = parse_name(text) if isinstance(text, str) else None
        return name or from_string(text, *arguments, **options)

    def quick_content(name: Any, *arguments: Any, **options: Any) -> Any:
        path = _copied_by(name) if isinstance(name, str) else None
        return Copied(path) if path else get_template(name, *arguments, **options)

    environment.from_string = quick_name  # type: ignore[assignment]
    environment.get_template = quick_content  # type: ignore[method-assign]


class Copied:
    """The content of an entry that copies its source."""

    def __init__(self, path: str) -> None:
        self._path = path

    def render(self, *_: Any, **__: Any) -> str:
        """Return the source as it is."""
        return _text(self._path)


def _copied_by(name: str) -> str | None:
    """Return what the entry of this name copies, if Cookiecutter is rendering it where it is."""
    if "('" not in name or parse_name(name) is None:
        return None
    try:
        with open(name, encoding="utf-8") as file:  # noqa: PTH123  (the quicker one)
            path = source_path(file.read())
    except OSError:
        return None
    return None if path is None or path.endswith(RENDERED) else path


def _name_function(language: str) -> Callable[..., str]:
    @pass_context
    def name(context: Context, file: str, **choices: str) -> str:
        return _wanted(context["cookiecutter"], language, choices, file)

    return name


def _wanted(
    answers: Mapping[str, Any], language: str, choices: Mapping[str, str], file: str
) -> str:
    wanted = answered(answers) == language and all(
        answers.get(prompt) == choice for prompt, choice in choices.items()
    )
    return file if wanted else ""


def _text(path: str) -> str:
    # Once for each file: without a Path object.
    with open(f"{_sources()}/{path}", encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


@functools.cache
def _sources() -> Path:
    return template_folder() / SOURCES
