"""The make targets of TypeScript and Go plugins that run programs of the template."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import render
from tests.support.without_python import Machine

LANGUAGES = ("typescript", "go")
ADDRESS = "git@host:team/template.git"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path, with_template=False)


def prepared(place: Workplace, folder: Path, language: str) -> tuple[Machine, Path]:
    """A machine whose programs of the template say how they are called, and a plugin."""
    machine = Machine(place, language)
    for name in ("stage7-plugin", "cruft"):
        machine.install(name, f'[ "$1" = --version ] || echo {name} "$@"; exit "${{STATUS:-0}}"')
    plugin = render(folder, language=language)
    if language == "typescript":  # `make dev` asks for the packages first
        (plugin / "node_modules").mkdir()
        (plugin / "node_modules" / ".installed").touch()
    place.git(plugin, "init", "--quiet")
    record(plugin, template=ADDRESS, commit="")
    place.commit(plugin, "First")
    return machine, plugin


def record(plugin: Path, **fields: str) -> None:
    """Set where a plugin says that it comes from."""
    path = plugin / ".stage7-template.json"
    made = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**made, **fields}), "utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_called_as_they_are_installed(
    tmp_path: Path, place: Workplace, language: str
) -> None:
    machine, plugin = prepared(place, tmp_path, language)
    place.environment["ENV_FILE"] = ""
    said = machine.make(plugin, "contract", "OPTIONS=--quick")
    assert said == "stage7-plugin check --quick .\n"
    for target in ("install", "login", "dev"):
        end = "" if target == "login" else " ."
        assert machine.make(plugin, target) == f"stage7-plugin {target}{end}\n"
    told = machine.make(plugin, "link")
    assert f"cruft link {ADDRESS} --no-input --checkout v" in told
    assert "git add .cruft.json" in told
    place.environment["STATUS"] = "3"
    assert machine.call(plugin, "make", "contract")[0] == 2

    # none of them is there
    for name in ("stage7-plugin", "cruft"):
        machine.uninstall(name)
    for target in ("contract", "install", "login", "dev"):
        status, output = machine.call(plugin, "make", target)
        assert status == 2
        assert "Nothing was done, because stage7-plugin is not available" in output
        assert "set CONTRACT_SUITE to a clone, CONTRACT_SUITE=../template" in output
    status, output = machine.call(plugin, "make", "contract", "OPTIONS=--optional")
    assert status == 0
    assert "The contract suite did not run" in output
    status, output = machine.call(plugin, "make", "link")
    assert status == 2
    assert output.startswith("cruft is not installed: install uv or pipx")
    machine.install("uvx", 'echo uvx "$@"')
    assert machine.make(plugin, "link").startswith("uvx --from cruft[pyproject]==")
    # a folder needs no extras; other words are for pip
    for suite, spec in (("tests", "tests[docker,generated,dev]"), ("a[b] @ c", "a[b] @ c")):
        place.environment["CONTRACT_SUITE"] = suite
        told = machine.make(plugin, "contract", "OPTIONS=--quick")
        assert told == f"uvx --from {spec} stage7-plugin check --quick .\n"
    machine.uninstall("uvx")
    status, output = machine.call(plugin, "make", "contract")
    assert (status, "install uv or pipx, which can run it" in output) == (2, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_update_says_what_is_left(tmp_path: Path, place: Workplace, language: str) -> None:
    machine, plugin = prepared(place, tmp_path, language)
    status, output = machine.call(plugin, "make", "update")
    assert status == 2
    assert "Nothing links this plugin to its template: run make link" in output
    (plugin / ".cruft.json").write_text("{}")
    place.commit(plugin, "Link the template")
    assert machine.make(plugin, "update") == "cruft update --skip-apply-ask\n"

    clone = tmp_path / "clone"
    place.git(plugin, "clone", "-q", "--depth=1", f"file://{plugin}", str(clone))
    status, output = machine.call(clone, "make", "update")
    assert status == 2
    assert output.startswith("This clone lacks the history")
    assert "run git fetch --unshallow, then make update again" in output

    (plugin / "Makefile.rej").write_text("")
    (plugin / "README.md").write_text("<<<<<<< ours\n", "utf-8")
    status, output = machine.call(plugin, "make", "update")
    assert status == 2
    assert "same lines:\n  Makefile.rej\n  README.md\n" in output
    place.environment["STATUS"] = "3"
    assert "The plugin was not updated" in machine.call(plugin, "make", "update")[1]


@pytest.mark.parametrize("language", ["python", *LANGUAGES])
def test_cruft_is_read_as_a_shell_reads_it(tmp_path: Path, place: Workplace, language: str) -> None:
    if language == "python":
        plugin = render(tmp_path)
        link = [sys.executable, "tests/template_link.py", "link", ADDRESS]
        (plugin / ".cruft.json").write_text("{}")  # which cruft itself would write
    else:
        machine, plugin = prepared(place, tmp_path, language)
        link = ["env", f"PATH={machine.path}", "make", "link", f"TEMPLATE={ADDRESS}"]
    program = tmp_path / "my own" / "cruft"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "<$0>" "$@"\n')
    program.chmod(0o755)
    for given, told in (
        (f"{program}", f"<{program}> link {ADDRESS}"),
        (f"'{program}' -m 'a  b'", f"<{program}> -m a  b link {ADDRESS}"),
        (f'"{program.parent}"/cruft x\\ y', f"<{program}> x y link {ADDRESS}"),
        (f"{program} -m", f"names no program: {tmp_path}/my is not there. Write a path with"),
        ("it's", "CRUFT=it's has a quote that is not closed. Write a path with spaces so: CRUFT="),
    ):
        place.environment["CRUFT"] = given
        _, output = place.call(plugin, *link)
        assert told in output


@pytest.mark.parametrize("language", LANGUAGES)
def test_update_names_what_one_deleted_and_the_other_changed(
    tmp_path: Path, place: Workplace, language: str
) -> None:
    """Git leaves no marker in such a file."""
    machine, plugin = prepared(place, tmp_path, language)
    (plugin / ".cruft.json").write_text("{}")
    place.commit(plugin, "Link the template")
    place.git(plugin, "switch", "--quiet", "--create", "theirs")
    (plugin / "compose.yaml").unlink()
    place.commit(plugin, "Delete it")
    place.git(plugin, "switch", "--quiet", "-")
    (plugin / "compose.yaml").write_text("services: {}\n", "utf-8")
    place.commit(plugin, "Change it")
    place.call(plugin, "git", "merge", "theirs")
    status, output = machine.call(plugin, "make", "update")
    assert status == 2
    assert "same lines:\n  compose.yaml\n" in output


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_asks_where_the_template_is(tmp_path: Path, place: Workplace, language: str) -> None:
    machine, plugin = prepared(place, tmp_path, language)
    wrong = ("make", "link", "TEMPLATE=../elsewhere")
    status, output = machine.call(plugin, *wrong)
    assert status == 2
    assert output.startswith("../elsewhere is neither a folder nor an address. Say where")
    (tmp_path / "clone").mkdir()
    told = machine.make(plugin, "link", "TEMPLATE=../clone")
    assert f"cruft link {tmp_path / 'clone'} --no-input" in told, "wherever cruft is run later"
    record(plugin, template="stage7-plugin")
    status, output = machine.call(plugin, "make", "link")
    assert status == 2
    assert output.startswith(
        "No address is recorded. Say where the template is: make link TEMPLATE="
    )
