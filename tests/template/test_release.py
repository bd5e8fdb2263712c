"""`make release` in a rendered plugin: the version moves everywhere at once, or not at all."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import go, node
from tests.support.git_template import Workplace
from tests.support.releases import LANGUAGES, make_plugin, note, refused, release
from tests.support.template import render
from tests.template.conftest import Bake

ENTRY = "### Added\n\n- The plugin: Processes a text and returns the result\n"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path, with_template=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_moves_together(tmp_path: Path, place: Workplace, language: str) -> None:
    plugin = make_plugin(place, tmp_path, kubernetes="yes", language=language)
    status, output = release(place, plugin, "VERSION=1.0.0")
    assert (status, output) == (
        0,
        "Released 1.0.0 as v1.0.0. To publish it: git push --follow-tags\n",
    )
    note(place, plugin, "- A second output")
    status, output = release(place, plugin, "VERSION=1.10.0")
    assert status == 0, output

    manifest = json.loads((plugin / "manifest.json").read_text("utf-8"))
    assert manifest["version"] == "1.10.0"
    assert manifest["container"]["image"] == "stage7/text-echo:1.10.0"
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    sections = f"## 1.10.0 - {today}\n\n- A second output\n\n## 1.0.0 - {today}\n\n{ENTRY}"
    assert (plugin / "CHANGELOG.md").read_text("utf-8").endswith(f"## Unreleased\n\n{sections}")
    assert place.git(plugin, "status", "--porcelain") == ""
    assert place.git(plugin, "log", "-1", "--format=%s") == "Release 1.10.0"
    assert place.git(plugin, "describe") == "v1.10.0", "an annotated tag on the commit"
    if language == "typescript":
        status, output = place.call(plugin, node.node(), "--test", "tests/manifest.test.ts")
        assert status == 0, output
        return
    if language == "go":
        done = go.run(plugin, "go", "test", "-run", "Version", "./tests")
        assert (done.returncode, done.stdout.startswith("ok")) == (0, True), done.stdout
        return
    for command in (
        ["ruff", "format", "--check", "."],
        ["pytest", "-p", "no:xdist", "-m", "not engine"],
    ):
        place.run(plugin, *command)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_place_of_the_version_is_forgotten(
    tmp_path: Path, place: Workplace, language: str
) -> None:
    """The old version is left nowhere but in the record of the answers."""
    answers = {"version": "9.41.59", "kubernetes": "yes", "language": language}
    plugin = make_plugin(place, tmp_path, **answers)
    assert release(place, plugin, "VERSION=10.0.0")[0] == 0
    tracked = place.git(plugin, "ls-files").splitlines()
    left = [name for name in tracked if "9.41.59" in (plugin / name).read_text("utf-8")]
    assert left == [".stage7-template.json"]


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", "VERSION is ''; it must be MAJOR.MINOR.PATCH: VERSION=1.2.0"),
        ("1.2", "VERSION is '1.2'; it must be MAJOR.MINOR.PATCH"),
        ("v1.2.0", "VERSION is 'v1.2.0'; it must be MAJOR.MINOR.PATCH"),
        ("1.02.0", "VERSION is '1.02.0'; it must be MAJOR.MINOR.PATCH"),
        (
            "0.9.9",
            "VERSION is 0.9.9, lower than 1.0.0 in manifest.json; it must be that version, which "
            "is not released yet, or higher: make release VERSION=1.0.0",
        ),
    ],
)
def test_a_version_that_cannot_be(
    tmp_path: Path, place: Workplace, version: str, said: str
) -> None:
    plugin = make_plugin(place, tmp_path)
    refused(place, plugin, said, *([f"VERSION={version}"] if version else []))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_version_that_is_released(tmp_path: Path, place: Workplace, language: str) -> None:
    plugin = make_plugin(place, tmp_path, language=language)
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    refused(place, plugin, "1.0.0 is already released: there is a tag v1.0.0", "VERSION=1.0.0")
    lower = "VERSION is 0.9.0, lower than 1.0.0 in manifest.json; it must be higher"
    refused(place, plugin, f"{lower}: make release VERSION=1.0.1", "VERSION=0.9.0")
    refused(place, plugin, "Write what has changed under `## Unreleased`", "VERSION=1.0.1")


def test_uncommitted_changes(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    (plugin / "forgotten.py").write_text("")
    refused(
        place, plugin, "Commit or stash what has changed first:\n?? forgotten.py", "VERSION=2.0.0"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_that_is_gone(tmp_path: Path, place: Workplace, language: str) -> None:
    plugin = make_plugin(place, tmp_path, language=language)
    compose = plugin / "compose.yaml"
    compose.write_text(compose.read_text("utf-8").replace("text-echo:1.0.0", "text-echo:latest"))
    place.commit(plugin, "Another tag")
    said = 'compose.yaml does not have image: "stage7/text-echo:1.0.0"'
    refused(place, plugin, said, "VERSION=1.1.0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_commit_that_git_refuses(tmp_path: Path, place: Workplace, language: str) -> None:
    plugin = make_plugin(place, tmp_path, language=language)
    hook = plugin / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no secrets >&2\nexit 1\n")
    hook.chmod(0o755)
    refused(place, plugin, "git commit failed: no secrets", "VERSION=1.1.0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_plugins_in_one_repository(tmp_path: Path, place: Workplace, language: str) -> None:
    """Each has tags of its own, and what is unfinished in one does not hold up the other."""
    repository = tmp_path / "plugins"
    one, two = (
        render(repository, plugin_slug=slug, verb=slug.upper(), language=language)
        for slug in ("one", "two")
    )
    place.git(repository, "init", "--quiet")
    place.commit(repository, "Start")
    (two / "unfinished.py").write_text("")
    status, output = release(place, one, "VERSION=1.0.0")
    assert status == 0, output
    assert "Released 1.0.0 as one/v1.0.0." in output
    assert place.git(repository, "show", "--name-only", "--format=", "HEAD").splitlines() == [
        "one/CHANGELOG.md"
    ]
    refused(place, two, "Commit or stash what has changed first:", "VERSION=1.0.0")
    place.commit(repository, "Finish")
    assert release(place, two, "VERSION=1.0.0")[0] == 0
    refused(place, two, "1.0.0 is already released: there is a tag two/v1.0.0", "VERSION=1.0.0")
    assert place.git(repository, "tag").splitlines() == ["one/v1.0.0", "two/v1.0.0"]


def test_a_git_worktree(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    other = tmp_path / "other"
    place.git(plugin, "worktree", "add", "--quiet", "-b", "work", str(other))
    status, output = release(place, other, "VERSION=1.0.0")
    assert status == 0, output
    assert place.git(other, "describe") == "v1.0.0"
    assert place.git(plugin, "status", "--porcelain") == ""


DOCKER = """#!/bin/sh
test "$1" != "$FAILS" || { echo denied >&2; exit 1; }
test "$1" != image || echo '[{"RepoDigests": ["other@sha256:1", "stage7/text-echo@sha256:2"]}]'
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_image_of_a_release(tmp_path: Path, place: Workplace, language: str) -> None:
    """It is pushed and named by its digest; nothing is left of a release that fails."""
    plugin = make_plugin(place, tmp_path, language=language)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    place.path.append(str(docker.parent))
    place.environment["FAILS"] = "push"
    refused(place, plugin, "docker push failed: denied", "VERSION=1.0.0", "PUSH=image")
    place.environment["FAILS"] = ""
    hook = plugin / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    refused(place, plugin, "git commit failed:", "VERSION=1.0.0", "PUSH=image")
    assert not (plugin / "host-image").exists()

    hook.unlink()
    status, output = release(place, plugin, "VERSION=1.0.0", "PUSH=image")
    assert status == 0, output
    line = (plugin / "host-image" / "Dockerfile").read_text("utf-8")
    assert line == "FROM stage7/text-echo:1.0.0@sha256:2\n"
    assert place.git(plugin, "status", "--porcelain") == ""

    note(place, plugin, "- A second output")
    refused(place, plugin, "host-image/Dockerfile has the image of the previous", "VERSION=1.1.0")
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    refused(place, plugin, "git commit failed:", "VERSION=1.1.0", "PUSH=image")
    assert (plugin / "host-image" / "Dockerfile").read_text("utf-8") == line


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("manifest.json", '"version": "1.0.0"', '"version": "1.0.1"'),
        ("manifest.json", "text-echo:1.0.0", "text-echo:1.0.1"),
        ("Dockerfile", "PLUGIN_VERSION=1.0.0", "PLUGIN_VERSION=1.0.1"),
        ("compose.yaml", 'PLUGIN_VERSION: "1.0.0"', 'PLUGIN_VERSION: "1.0.1"'),
        ("kubernetes.yaml", "text-echo:1.0.0", "text-echo:1.0.1"),
        ("CHANGELOG.md", "## Unreleased", "## 1.0.1 - 2026-01-31"),
    ],
)
def test_its_tests_see_a_version_that_drifts(bake: Bake, file: str, old: str, new: str) -> None:
    plugin = bake(kubernetes="yes")
    text = (plugin / file).read_text("utf-8")
    assert old in text
    (plugin / file).write_text(text.replace(old, new), "utf-8")
    tests = ["-m", "pytest", "-p", "no:xdist", "-q", "tests/test_manifest.py"]
    done = subprocess.run([sys.executable, *tests], cwd=plugin, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
