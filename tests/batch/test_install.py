"""Placing one plugin, in this process: failed moves, an unusable manifest, no git."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stage7_plugin.batch.authors_files import Refused
from stage7_plugin.batch.install import Rewrite, place
from stage7_plugin.batch.outcome import CREATED, OUTDATED, UNCHANGED, UPDATED
from stage7_plugin.batch.output_folder import OutputFolder
from stage7_plugin.batch.recipe import Recipe
from stage7_plugin.batch.template import PluginTemplate, RenderedFile
from stage7_plugin.batch.workers import make_one
from stage7_plugin.rendering import provenance
from stage7_plugin.spec.plugin_spec import PluginSpec
from tests.support.batch import tree
from tests.support.template import PROJECT
from tests.support.template import TEMPLATE as SOURCE

TEMPLATE = PluginTemplate()
UPDATE = Rewrite(update=True)
PARTS = ("cookiecutter.json", "template_extension.py", "templates", "languages", PROJECT)


def recipe(author: str, **answers: str) -> Recipe:
    return Recipe(1, specification(plugin_name="Echo", author=author, **answers))


def specification(**given: str) -> PluginSpec:
    return PluginSpec.from_answers(TEMPLATE.answers(given))


@pytest.fixture
def output(tmp_path: Path) -> OutputFolder:
    folder = OutputFolder(tmp_path / "out")
    folder.create()
    return folder


@pytest.fixture
def project(output: OutputFolder) -> Path:
    assert place(recipe("Old"), TEMPLATE, output, Rewrite()) == (CREATED, "")
    (output.plugin("echo") / "notes.txt").write_text("mine")
    return output.plugin("echo")


@pytest.mark.parametrize("move", ["out of the way", "into place"])
def test_a_failed_move_puts_the_old_plugin_back(
    output: OutputFolder, project: Path, monkeypatch: pytest.MonkeyPatch, move: str
) -> None:
    before = tree(project)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        into_place = self.is_relative_to(output.staging) and target == project
        if into_place if move == "into place" else self == project:
            raise OSError(errno.EBUSY, "Device or resource busy", str(target))
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", failing)
        outcome = make_one(recipe("New"), TEMPLATE, output, UPDATE)
    assert outcome.failed
    assert outcome.message.startswith("Device or resource busy: ")
    assert tree(project) == before
    assert list(output.staging.glob("*/echo")) == list(output.replaced.iterdir()) == []
    assert place(recipe("New"), TEMPLATE, output, UPDATE) == (UPDATED, "")
    assert json.loads((project / "manifest.json").read_text())["author"] == "New"
    assert (project / "notes.txt").read_text() == "mine"


class Spoiled(PluginTemplate):
    """A template whose manifest the host would not accept."""

    def render(self, spec: PluginSpec) -> Iterator[RenderedFile]:
        for file in super().render(spec):
            content = file.content
            if file.path == "manifest.json":
                document = json.loads(content)
                document["api"]["method"] = "FETCH"
                del document["verb"]
                content = json.dumps(document).encode()
            yield replace(file, content=content)


@pytest.mark.parametrize("there", [False, True])
def test_a_manifest_that_the_host_would_not_accept_is_noticed(
    output: OutputFolder, request: pytest.FixtureRequest, there: bool
) -> None:
    before = tree(request.getfixturevalue("project")) if there else {}
    with pytest.raises(Refused) as refused:
        place(recipe("New"), Spoiled(), output, UPDATE)
    assert "the host would not accept its manifest.json: " in str(refused.value)
    assert "lacks verb" in str(refused.value)
    assert "api.method is 'FETCH'" in str(refused.value)
    assert (tree(output.plugin("echo")) if there else {}) == before
    assert output.plugin("echo").exists() is there
    outcome = make_one(recipe("New"), Spoiled(), output, UPDATE)
    assert outcome.failed
    assert outcome.message == str(refused.value)


def test_without_git_the_plugin_is_made_all_the_same(
    output: OutputFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    status, remark = place(recipe("Ada", git_init="yes"), TEMPLATE, output, Rewrite())
    assert status == CREATED
    assert remark == "git: it is not installed (https://git-scm.com/downloads)"
    assert (output.plugin("echo") / "manifest.json").is_file()
    assert not (output.plugin("echo") / ".git").exists()


def test_the_umask_of_the_installation_changes_nothing(tmp_path: Path) -> None:
    digests, modes = set(), set()
    for name, private in (("public", 0), ("private", 0o077)):
        root = tmp_path / name
        for part in PARTS:
            copy = shutil.copytree if (SOURCE / part).is_dir() else shutil.copy2
            root.mkdir(exist_ok=True)
            copy(SOURCE / part, root / part)
        for path in root.rglob("*"):
            path.chmod(path.stat().st_mode & ~private)
        template = PluginTemplate(root)
        digests.add(template.digest)
        spec = specification(plugin_name="Echo", author="Ada")
        modes.add(tuple((file.path, file.mode) for file in template.render(spec)))
    assert len(digests) == len(modes) == 1
    assert {mode for _, mode in modes.pop()} == {0o644}


def test_what_tools_leave_in_the_template_reaches_no_plugin(tmp_path: Path) -> None:
    root = tmp_path / ".venv" / "template"  # a name like a cache's further up does not matter
    for part in PARTS:
        copy = shutil.copytree if (SOURCE / part).is_dir() else shutil.copy2
        root.mkdir(parents=True, exist_ok=True)
        copy(SOURCE / part, root / part)
    clean = PluginTemplate(root)
    for cache in (".ruff_cache", "tests/__pycache__", "tests/.pytest_cache/v"):
        (root / PROJECT / cache).mkdir(parents=True)
        (root / PROJECT / cache / "left.txt").write_text("by a tool")
    cached = PluginTemplate(root)
    assert cached.digest == clean.digest
    spec = specification(plugin_name="Echo", author="Ada")
    paths = [file.path for file in cached.render(spec)]
    assert paths == [file.path for file in clean.render(spec)]
    assert "server.py" in paths


def test_only_what_changes_a_rendered_file_makes_a_plugin_outdated(
    output: OutputFolder, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another commit of the template alone does not, nor does code that renders the same."""
    for digit in "12":
        commit = digit * 40
        monkeypatch.setattr(provenance, "_commit", lambda _, commit=commit: commit)
        template = PluginTemplate()
        spec = specification(plugin_name="Echo", author="Old")
        naming = [file.path for file in template.render(spec) if commit.encode() in file.content]
        assert naming == [".stage7-template.json", "Dockerfile", "README.md"]
        assert place(recipe("Old"), template, output, Rewrite())[0] == UNCHANGED
        template.__dict__["digest"] = "of other code"
        assert place(recipe("Old"), template, output, Rewrite())[0] == UNCHANGED
        assert place(recipe("Old"), template, output, UPDATE)[0] == UNCHANGED
        record = output.read_record("echo")
        assert record is not None
        assert record.template == "of other code", "so that it is not rendered to find out again"
    assert place(recipe("New"), template, output, Rewrite())[0] == OUTDATED


def test_a_new_default_of_the_template_changes_no_plugin_that_is_there(
    output: OutputFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with cruft: answers stay until others are given. New plugins take the new default."""

    def made(template: PluginTemplate, **given: str) -> tuple[str, str]:
        spec = PluginSpec.from_answers(template.answers(given))
        status, _ = place(Recipe(1, spec, given=frozenset(given)), template, output, UPDATE)
        dockerfile = (output.plugin(spec.slug) / "Dockerfile").read_text()
        return status, next(line for line in dockerfile.splitlines() if "FROM" in line)

    echo = {"plugin_name": "Echo", "author": "Ada"}
    _, old = made(TEMPLATE, **echo)
    newer = PluginTemplate()
    monkeypatch.setitem(newer._defaults, "python_version", lambda _: "3.14")
    assert made(newer, **echo) == (UNCHANGED, old)
    assert made(newer, **echo, memory="1g") == (UPDATED, old)
    assert "3.14" in made(newer, plugin_name="Other", author="Ada")[1]
    status, new = made(newer, **echo, python_version="3.14")
    assert (status, "3.14" in new) == (UPDATED, True)
    assert "3.14" not in old
