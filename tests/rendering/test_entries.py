"""Entries: one for each source of a language, and read quickly just as Jinja would read them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.utils import create_env_with_context
from jinja2 import Environment, FileSystemLoader

from stage7_plugin.rendering.entries import Copied, EntryName, parse_name
from stage7_plugin.spec.languages import LANGUAGES
from tests.support.template import PROJECT, SHARED, TEMPLATE, context
from tools import entries

PRESENT = entries.present(TEMPLATE)


def environment(variables: dict[str, Any]) -> Environment:
    made: Environment = create_env_with_context(variables)
    made.loader = FileSystemLoader(TEMPLATE / PROJECT)
    return made


def test_the_entries_are_those_of_the_sources() -> None:
    assert entries.entries(entries.sources(TEMPLATE)) == PRESENT, "run: python -m tools.entries"
    files = {
        path.relative_to(TEMPLATE / PROJECT).as_posix()
        for path in (TEMPLATE / PROJECT).rglob("*")
        if path.is_file()
    }
    assert files == SHARED | PRESENT.keys()


def test_entries_are_legal_on_windows_and_need_no_folder_of_their_own() -> None:
    folders = {"", ".github/", ".github/workflows/", "examples/", "plugin_runtime/", "tests/"}
    for name in PRESENT:
        folder, _, file = name.rpartition("{{ ")
        assert folder in folders, f"{name}: Cookiecutter makes a folder in every language"
        assert not set('<>:"|?*\\') & set(file)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_a_name_is_what_jinja_would_make_of_it(language: str, ci: str) -> None:
    variables = context(ci=ci)
    variables["cookiecutter"]["language"] = language
    made = environment(variables)
    rendered = []
    for name in PRESENT:
        entry = made.from_string(name)
        assert isinstance(entry, EntryName)
        rendered.append(entry.render(**variables))
        assert entry.render(variables) == rendered[-1], "as the batch command calls it"
        assert rendered[-1] == Environment.from_string(made, name).render(**variables), name
    kept = [name for name in rendered if name and not name.endswith("/")]
    assert len(set(kept)) == len(kept) > 10
    assert LANGUAGES[language].main in kept


def test_a_copy_is_what_jinja_would_make_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TEMPLATE / PROJECT)
    variables = context()
    made = environment(variables)
    copied = 0
    for name, content in PRESENT.items():
        quick = made.get_template(name)
        if isinstance(quick, Copied):
            copied += 1
            assert quick.render(**variables) == made.from_string(content).render(**variables), name
        else:
            assert content.endswith(".jinja') }}\n")
    assert copied > 50


def test_nothing_else_is_read_quickly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("server.py", "{{ python('a') }}.py", "{{ cobol('a.cob') }}", "{{ python(x) }}"):
        assert parse_name(name) is None
    monkeypatch.chdir(tmp_path)
    name = "{{ python('edited.py') }}"
    Path(name).write_text("# {{ cookiecutter.license }}\n")
    made = create_env_with_context(context())
    made.loader = FileSystemLoader(os.curdir)
    assert made.get_template(name).render(**context()) == "# MIT\n"
