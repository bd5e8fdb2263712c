"""Plugins of several languages in one batch file: what means nothing in one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from stage7_plugin.batch.check import check_fleet
from stage7_plugin.batch.entries import Entry, Field, Fleet, Located
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.template import PluginTemplate
from stage7_plugin.spec.languages import LANGUAGES, PYTHON_ALONE
from tests.support.batch import batch_here
from tests.support.example_plugins import FOLDER, own_files

TEMPLATE = PluginTemplate()
GIVEN = {"python_version": "3.13", "requirements": ["httpx"], "lock": "lock.txt", "wrap": "a.py"}
LOGIC = "export async function executePlugin() {}\n"


def entry(line: int, **values: Any) -> Entry:
    return Entry(line, {key: Field(line, value) for key, value in values.items()})


def check(
    base: Path, *plugins: dict[str, Any], **defaults: Any
) -> tuple[list[Recipe], list[Located]]:
    entries = [entry(10 * number, **one) for number, one in enumerate(plugins, 1)]
    return check_fleet(Fleet(entry(1, **defaults), entries), TEMPLATE, base, 20000)


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "python"])
@pytest.mark.parametrize("key", PYTHON_ALONE)
def test_a_key_of_python_is_refused_in_a_plugin_of_another_language(
    tmp_path: Path, key: str, language: str
) -> None:
    plugin = {"plugin_name": "Echo", "language": language, key: GIVEN[key]}
    recipes, found = check(tmp_path, plugin)
    told = [one for one in found if one.problem.prompt == key]
    assert recipes == []
    assert any(f"the language is {language}; leave it out" in one.problem.rule for one in told)
    assert all(one.line == 10 for one in told)


def test_what_is_only_a_default_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text("httpx==1 --hash=sha256:1\n")
    plugins = ({"plugin_name": "One"}, {"plugin_name": "Two", "language": "typescript"})
    defaults = {key: GIVEN[key] for key in ("python_version", "requirements", "lock")}
    recipes, found = check(tmp_path, *plugins, **defaults)
    assert found == []
    assert [one.spec.python_version for one in recipes] == ["3.13", "3.11"]
    assert [one.requirements for one in recipes] == [("httpx",), ()]
    assert [one.lock is None for one in recipes] == [False, True]
    # also where the language itself is a default
    recipes, found = check(tmp_path, plugins[0], language="typescript", **defaults)
    assert found == []
    assert (recipes[0].spec.language, recipes[0].requirements) == ("typescript", ())


def test_an_unknown_language_is_one_problem(tmp_path: Path) -> None:
    plugin = {"plugin_name": "Echo", "language": "cobol", "python_version": "3.12"}
    _, found = check(tmp_path, plugin)
    assert [(one.problem.prompt, one.problem.rule) for one in found] == [
        ("language", "must be one of python, typescript, go")
    ]


def test_logic_is_laid_over_the_authors_file_of_the_language(tmp_path: Path) -> None:
    (tmp_path / "logic.ts").write_text(LOGIC)
    plugin = {"plugin_name": "Echo", "language": "typescript", "logic": "logic.ts"}
    (recipe,), found = check(tmp_path, plugin)
    assert found == []
    assert recipe.laid_over("plugin_logic.ts", b"stub", tmp_path) == LOGIC.encode()
    assert recipe.laid_over("plugin_logic.py", b"stub", tmp_path) == b"stub"


@pytest.mark.parametrize(
    ("language", "rule"),
    [
        ("typescript", "must define executePlugin"),
        ("python", "must define execute_plugin"),
        ("go", "must define Execute"),
    ],
)
def test_logic_defines_what_the_server_of_its_language_calls(
    tmp_path: Path, language: str, rule: str
) -> None:
    """The same file in two plugins: each is checked as its own language."""
    (tmp_path / "logic").write_text("x = 1\n")
    other = {"plugin_name": "Echo", "language": language, "logic": "logic"}
    _, (found,) = check(tmp_path, other)
    assert (found.problem.prompt, found.problem.value) == ("logic", "logic")
    assert found.problem.rule.startswith(rule)


def test_the_example_file_makes_its_plugin_in_every_language(tmp_path: Path) -> None:
    made = batch_here(FOLDER / "languages.yaml", "--output-dir", tmp_path)
    assert made.status == 0, made.output
    index = json.loads((tmp_path / "index.json").read_text("utf-8"))["plugins"]
    assert {one["language"]: one["stub"] for one in index} == dict.fromkeys(LANGUAGES, False)
    for language, row in LANGUAGES.items():
        logic = tmp_path / f"text-statistics-in-{language}" / row.logic
        written = own_files("text-statistics", language)[row.logic]
        assert logic.read_bytes() == written.read_bytes()


def test_the_example_file_asks_for_what_its_code_is_written_for() -> None:
    single, fleet = (
        yaml.safe_load((FOLDER / name).read_text("utf-8"))
        for name in ("text-statistics/answers.yaml", "languages.yaml")
    )
    for key in ("description", "inputs", "outputs", "memory", "timeout_seconds"):
        assert str(fleet["defaults"][key]) == single["default_context"][key]
