"""`make release` in a rendered plugin: the version moves everywhere at once, or not at all."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import render
from tests.template.conftest import Bake

ENTRY = "### Added\n\n- The plugin: Processes a text and returns the result\n"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path, with_template=False)


def make_plugin(place: Workplace, folder: Path, **answers: str) -> Path:
    plugin = render(folder, **answers)
    place.git(plugin, "init", "--quiet")
    place.commit(plugin, "Start")
    return plugin


def release(place: Workplace, plugin: Path, *arguments: str) -> tuple[int, str]:
    return place.call(plugin, "make", "release", f"PYTHON={sys.executable}", *arguments)


def note(place: Workplace, plugin: Path, text: str) -> None:
    """Write a line under Unreleased and commit."""
    changelog = plugin / "CHANGELOG.md"
    lines = changelog.read_text("utf-8").replace("## Unreleased\n", f"## Unreleased\n\n{text}\n")
    changelog.write_text(lines, "utf-8")
    place.commit(plugin, "Work")


def test_everything_moves_together(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path, kubernetes="yes")
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
    for command in (
        ["ruff", "format", "--check", "."],
        ["pytest", "-p", "no:xdist", "-m", "not engine"],
    ):
        place.run(plugin, *command)


def test_no_place_of_the_version_is_forgotten(tmp_path: Path, place: Workplace) -> None:
    """The old version is left nowhere but in the record of the answers."""
    plugin = make_plugin(place, tmp_path, version="9.41.59", kubernetes="yes")
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
            "VERSION is 0.9.9, lower than 1.0.0 in manifest.json; it must be that one, which is "
            "not released yet, or higher: make release VERSION=1.0.0",
        ),
    ],
)
def test_a_version_that_cannot_be(
    tmp_path: Path, place: Workplace, version: str, said: str
) -> None:
    plugin = make_plugin(place, tmp_path)
    refused(place, plugin, said, *([f"VERSION={version}"] if version else []))


def test_a_version_that_is_released(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    refused(place, plugin, "1.0.0 is released already: there is a tag v1.0.0", "VERSION=1.0.0")
    lower = "VERSION is 0.9.0, lower than 1.0.0 in manifest.json; it must be higher"
    refused(place, plugin, f"{lower}: make release VERSION=1.0.1", "VERSION=0.9.0")
    refused(place, plugin, "Write what has changed under `## Unreleased`", "VERSION=1.0.1")


def test_uncommitted_changes(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    (plugin / "forgotten.py").write_text("")
    refused(
        place, plugin, "Commit or stash what has changed first:\n?? forgotten.py", "VERSION=2.0.0"
    )


def test_a_place_that_is_gone(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    compose = plugin / "compose.yaml"
    compose.write_text(compose.read_text("utf-8").replace("text-echo:1.0.0", "text-echo:latest"))
    place.commit(plugin, "Another tag")
    said = 'compose.yaml does not have image: "stage7/text-echo:1.0.0"'
    refused(place, plugin, said, "VERSION=1.1.0")


def test_a_commit_that_git_refuses(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    hook = plugin / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no secrets >&2\nexit 1\n")
    hook.chmod(0o755)
    refused(place, plugin, "git commit failed: no secrets", "VERSION=1.1.0")


def test_two_plugins_in_one_repository(tmp_path: Path, place: Workplace) -> None:
    """Each has tags of its own, and what is unfinished in one does not hold up the other."""
    repository = tmp_path / "plugins"
    one, two = (render(repository, plugin_slug=slug, verb=slug.upper()) for slug in ("one", "two"))
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
    refused(place, two, "1.0.0 is released already: there is a tag two/v1.0.0", "VERSION=1.0.0")
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


def test_the_image_of_a_release(tmp_path: Path, place: Workplace) -> None:
    """It is pushed and named by its digest; nothing is left of a release that fails."""
    plugin = make_plugin(place, tmp_path)
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
    refused(place, plugin, "host-image/Dockerfile has the image of the version", "VERSION=1.1.0")
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    refused(place, plugin, "git commit failed:", "VERSION=1.1.0", "PUSH=image")
    assert (plugin / "host-image" / "Dockerfile").read_text("utf-8") == line


def refused(place: Workplace, plugin: Path, said: str, *arguments: str) -> None:
    """The release fails with that message and changes nothing."""
    before = place.git(plugin, "status", "--porcelain"), place.git(plugin, "show-ref")
    status, output = release(place, plugin, *arguments)
    assert status == 2, "what make ends with"
    assert f"Not released. {said}" in output
    after = place.git(plugin, "status", "--porcelain"), place.git(plugin, "show-ref")
    assert after == before


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


def edit_manifest(place: Workplace, plugin: Path, old: str, new: str) -> None:
    """Change the manifest, note it in the changelog, and commit."""
    path = plugin / "manifest.json"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    note(place, plugin, "- A change")


def changes(place: Workplace, plugin: Path) -> tuple[int, str]:
    return place.call(plugin, "make", "changes", f"PYTHON={sys.executable}")


def test_a_step_that_is_too_small(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    assert changes(place, plugin) == (0, "There is no release to compare with.\n")
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    assert changes(place, plugin) == (0, "There is no release to compare with.\n"), "only its own"
    edit_manifest(place, plugin, '"permissions": []', '"permissions": ["net.fetch"]')
    told = "Since v1.0.0:\n  major  permissions: net.fetch was added"
    next_one = "major changes need 2.0.0 or higher"
    assert changes(place, plugin) == (0, f"{told}\nFor the next release: {next_one}.\n")
    for version in ("1.0.1", "1.9.0"):
        said = f"{version} is too small a step: {next_one}.\n{told}"
        refused(place, plugin, said, f"VERSION={version}")
    assert release(place, plugin, "VERSION=2.0.0")[0] == 0
    assert changes(place, plugin)[0] == 0


def test_an_edit_is_compared_before_it_is_committed(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    path = plugin / "manifest.json"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"permissions": []', '"permissions": ["net.fetch"]'), "utf-8")
    status, told = changes(place, plugin)
    assert (status, told.splitlines()[:1]) == (0, ["Since v1.0.0:"])
    assert "major changes need 2.0.0 or higher" in told


@pytest.mark.parametrize(
    ("old", "new", "version", "too_small"),
    [
        ('"type": "string",\n      "required": true', '"type": "string",\n      "required": false',
         "1.1.0", "1.0.1"),
        ('"name": "Text Echo"', '"name": "Echo"', "1.0.1", None),
    ],
    ids=["minor", "patch"],
)  # fmt: skip
def test_a_step_that_is_large_enough(
    tmp_path: Path, place: Workplace, old: str, new: str, version: str, too_small: str | None
) -> None:
    plugin = make_plugin(place, tmp_path, outputs="result:any?")
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    edit_manifest(place, plugin, old, new)
    if too_small:
        said = f"{too_small} is too small a step: minor changes need {version} or higher"
        refused(place, plugin, said, f"VERSION={too_small}")
    assert release(place, plugin, f"VERSION={version}")[0] == 0


def test_a_tag_that_was_made_by_hand(tmp_path: Path, place: Workplace) -> None:
    """CI sees on the tag's own commit that its version step is too small."""
    plugin = make_plugin(place, tmp_path)
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    edit_manifest(place, plugin, '"verb": "TEXT_ECHO"', '"verb": "ECHO"')
    edit_manifest(place, plugin, '"version": "1.0.0"', '"version": "1.0.1"')
    place.git(plugin, "tag", "v1.0.1")
    status, output = changes(place, plugin)
    assert status != 0
    assert "1.0.1 is too small a step: major changes need 2.0.0 or higher" in output
    place.git(plugin, "tag", "--delete", "v1.0.1")
    assert changes(place, plugin)[0] != 0, "without its tag too"


def test_a_release_that_cannot_be_compared(tmp_path: Path, place: Workplace) -> None:
    plugin = make_plugin(place, tmp_path)
    text = (plugin / "manifest.json").read_text("utf-8")
    (plugin / "manifest.json").write_text("[]")
    place.commit(plugin, "Break it")
    place.git(plugin, "tag", "v0.9.0")
    (plugin / "manifest.json").write_text(text, "utf-8")
    place.commit(plugin, "Fix it")
    said = "manifest.json cannot be compared with that of v0.9.0"
    refused(place, plugin, said, "VERSION=1.0.0")
