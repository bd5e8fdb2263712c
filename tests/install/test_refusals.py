"""A plugin that the host could not build is refused before anything is posted, with what helps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.host.stand_in.server import StandIn
from tests.support.install_place import ADDRESS, InstallPlace, edit_manifest


def refused(place: InstallPlace, host: StandIn, sentence: str, command: str, *more: str) -> str:
    """The plugin is refused with these words, and the host was sent nothing."""
    status, output = place.install(".", *more)
    assert status == 1, output
    assert sentence in output
    assert f"Try: {command}" in output
    assert ("POST", "/plugins") not in host.requests
    return output


@pytest.fixture
def plugin(place: InstallPlace) -> Path:
    """A plugin that is released as 1.0.0 and pushed."""
    plugin = place.one_plugin()
    place.release(plugin, "1.0.0")
    return plugin


def test_no_repository(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    (plugin / ".git").rename(plugin.parent / "elsewhere")
    refused(place, host, "it is not in a git repository", "git init && git add .")


def test_no_remote(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    place.git(plugin, "remote", "remove", "origin")
    refused(place, host, "its repository has no remote", "git remote add origin URL && git push")


def test_a_dirty_tree(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    (plugin / "forgotten.py").write_text("")
    output = refused(place, host, "it has uncommitted changes", "git stash --include-untracked")
    assert "?? forgotten.py" in output


def test_no_tag_for_the_version(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    edit_manifest(plugin, version="1.1.0")
    place.commit(plugin, "A version by hand")
    sentence = "version 1.1.0 is not released: there is no tag v1.1.0"
    refused(place, host, sentence, "make release VERSION=1.1.0")
    (plugin / "Makefile").unlink()
    place.commit(plugin, "A plugin of another kind")
    refused(place, host, sentence, "git tag --annotate v1.1.0 --message 'Release 1.1.0'")


def test_the_tag_is_not_checked_out(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    place.note(plugin, "Work")
    place.git(plugin, "push", "--quiet", "origin", "HEAD")
    sentence = "what is checked out is not what v1.0.0 released"
    refused(place, host, sentence, "make release VERSION=1.0.1")
    place.git(plugin, "checkout", "--quiet", "v1.0.0")
    assert place.install(".")[0] == 0


def test_unpushed_commits(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    place.note(plugin, "Work")
    place.must(plugin, "make", "release", "VERSION=1.1.0")
    sentence = "the tag v1.1.0 and its commits are not pushed to origin"
    output = refused(place, host, sentence, "git push origin HEAD v1.1.0")
    place.must(plugin, "sh", "-c", output.partition("Try: ")[2].strip())
    assert place.install(".")[0] == 0


def test_a_tag_that_was_moved(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    place.note(plugin, "Work")
    place.git(plugin, "tag", "--force", "--annotate", "v1.0.0", "--message", "Again")
    refused(place, host, "the tag v1.0.0 is commit", "git fetch --force origin refs/tags/v1.0.0")


def test_a_remote_that_cannot_be_read(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    """An older git repeats the address with its password."""
    url = "https://ada:topsecret@git.example.com/team/plugins.git"
    place.git(plugin, "remote", "set-url", "origin", url)
    git = plugin.parent / "bin" / "git"
    git.parent.mkdir()
    real = shutil.which("git")
    said = f"echo \"fatal: unable to access '{url}/'\" >&2; exit 128"
    git.write_text(f'#!/bin/sh\n[ "$1" != ls-remote ] || {{ {said}; }}\nexec {real} "$@"\n')
    git.chmod(0o755)
    place.path.append(str(git.parent))
    sentence = "the remote origin cannot be read"
    output = refused(place, host, sentence, "git ls-remote --tags origin")
    assert "topsecret" not in output
    assert "unable to access 'https://git.example.com/team/plugins.git/'" in output


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: m.update(verb="DECIDE"), "verb is 'DECIDE': must not be one of"),
        (lambda m: m["container"].pop("resources"), "container lacks resources"),
        (lambda m: m.pop("api"), "the manifest lacks api"),
    ],
)
def test_a_manifest_that_the_host_would_drop(
    place: InstallPlace,
    host: StandIn,
    plugin: Path,
    change: Callable[[dict[str, Any]], object],
    sentence: str,
) -> None:
    manifest = json.loads((plugin / "manifest.json").read_text("utf-8"))
    change(manifest)
    (plugin / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    status, output = place.install(".")
    assert status == 1, output
    assert sentence in output
    assert ("POST", "/plugins") not in host.requests


def test_an_address_with_a_shell_command(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    """The host puts the address into a shell command."""
    status, output = place.install("--git-url", "https://git.example.com/x;reboot", ".")
    assert status == 2, output
    assert "characters that the host's shell would interpret" in output


def test_a_remote_on_this_machine(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    place.git(plugin, "remote", "set-url", "origin", str(place.bare))
    sentence = "the remote origin is not an address that the host can reach"
    refused(place, host, sentence, "stage7-plugin install --git-url https://git.example.com")
    status, output = place.install("--git-url", ADDRESS, ".")
    assert status == 0, output


def test_an_image_without_its_dockerfile(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    sentence = "the release has no host-image/Dockerfile with its image"
    refused(place, host, sentence, "make release VERSION=1.0.1 PUSH=image", "--from", "image")


def test_an_image_of_another_version(place: InstallPlace, host: StandIn, plugin: Path) -> None:
    (plugin / "host-image").mkdir()
    line = f"FROM stage7/text-echo:0.9.0@sha256:{'0' * 64}\n"
    (plugin / "host-image" / "Dockerfile").write_text(line)
    edit_manifest(plugin, version="1.0.1")
    place.commit(plugin, "By hand")
    place.git(plugin, "tag", "--annotate", "v1.0.1", "--message", "By hand")
    place.git(plugin, "push", "--quiet", "--follow-tags", "origin", "HEAD")
    sentence = "it must be FROM stage7/text-echo:1.0.0@sha256:..."
    refused(place, host, sentence, "make release VERSION=1.0.2 PUSH=image", "--from", "image")
