"""`make changes`, and `make release` where the version moves less than the manifest has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.releases import (
    LANGUAGES,
    changes,
    edit_manifest,
    make_plugin,
    refused,
    release,
)


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path, with_template=False)


@pytest.fixture(params=LANGUAGES)
def plugin(request: pytest.FixtureRequest, tmp_path: Path, place: Workplace) -> Path:
    return make_plugin(place, tmp_path, outputs="result:any?", language=request.param)


def test_a_step_that_is_too_small(place: Workplace, plugin: Path) -> None:
    assert changes(place, plugin) == (0, "There is no earlier release to compare with.\n")
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    assert changes(place, plugin) == (0, "There is no earlier release to compare with.\n"), (
        "only its own"
    )
    edit_manifest(place, plugin, '"permissions": []', '"permissions": ["net.fetch"]')
    told = "Since v1.0.0:\n  major  permissions: net.fetch was added"
    next_one = "major changes need 2.0.0 or higher"
    assert changes(place, plugin) == (0, f"{told}\nFor the next release: {next_one}.\n")
    for version in ("1.0.1", "1.9.0"):
        said = f"{version} is too small a step: {next_one}.\n{told}"
        refused(place, plugin, said, f"VERSION={version}")
    assert release(place, plugin, "VERSION=2.0.0")[0] == 0
    assert changes(place, plugin)[0] == 0


def test_an_edit_is_compared_before_it_is_committed(place: Workplace, plugin: Path) -> None:
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
    place: Workplace, plugin: Path, old: str, new: str, version: str, too_small: str | None
) -> None:
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    edit_manifest(place, plugin, old, new)
    if too_small:
        said = f"{too_small} is too small a step: minor changes need {version} or higher"
        refused(place, plugin, said, f"VERSION={too_small}")
    assert release(place, plugin, f"VERSION={version}")[0] == 0


def test_a_tag_that_was_made_by_hand(place: Workplace, plugin: Path) -> None:
    """CI sees on the tag's own commit that its version step is too small."""
    assert release(place, plugin, "VERSION=1.0.0")[0] == 0
    edit_manifest(place, plugin, '"verb": "TEXT_ECHO"', '"verb": "ECHO"')
    edit_manifest(place, plugin, '"version": "1.0.0"', '"version": "1.0.1"')
    place.git(plugin, "tag", "v1.0.1")
    status, output = changes(place, plugin)
    assert status != 0
    assert "1.0.1 is too small a step: major changes need 2.0.0 or higher" in output
    place.git(plugin, "tag", "--delete", "v1.0.1")
    assert changes(place, plugin)[0] != 0, "without its tag too"


def test_the_highest_release_in_the_history_is_compared(place: Workplace, plugin: Path) -> None:
    place.git(plugin, "tag", "v1.9.0")
    edit_manifest(place, plugin, '"name": "Text Echo"', '"name": "Echo"')
    place.git(plugin, "tag", "v1.10.0")
    place.git(plugin, "checkout", "--quiet", "-b", "another")
    edit_manifest(place, plugin, '"name": "Echo"', '"name": "Another"')
    place.git(plugin, "tag", "v2.0.0")
    place.git(plugin, "checkout", "--quiet", "-")
    edit_manifest(place, plugin, '"permissions": []', '"permissions": ["net.fetch"]')
    status, told = changes(place, plugin)
    assert (status, told.splitlines()[0]) == (0, "Since v1.10.0:")


def test_a_release_that_cannot_be_compared(place: Workplace, plugin: Path) -> None:
    text = (plugin / "manifest.json").read_text("utf-8")
    (plugin / "manifest.json").write_text("[]")
    place.commit(plugin, "Break it")
    place.git(plugin, "tag", "v0.9.0")
    (plugin / "manifest.json").write_text(text, "utf-8")
    place.commit(plugin, "Fix it")
    said = "manifest.json cannot be compared with that of v0.9.0"
    refused(place, plugin, said, "VERSION=1.0.0")
