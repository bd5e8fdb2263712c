"""Where the host gets a plugin's files: the address, tag and commit of its git repository."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage7_plugin.install.refused import Refused
from stage7_plugin.rendering import git_facts
from stage7_plugin.rendering.provenance import public_address

IMAGE_FOLDER = "host-image"
"""Folder of the one-line Dockerfile that `make release PUSH=image` writes."""

_SECONDS = 120
_SSH_URL = re.compile(r"ssh://(?:[^/@]+@)?(?P<host>[^/:]+)(?::\d+)?/(?P<path>.+)")
_SSH_SHORT = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:]+):(?P<path>.+)")
# The host puts address and tag into a shell command as they are.
_SAFE = re.compile(r"[A-Za-z0-9@:/._~%+=,-]+")


@dataclass(frozen=True)
class Source:
    """A released state of a plugin.

    Attributes:
        url: What the host clones.
        tag: The release.
        commit: The full id of the tag's commit.
        sub_path: The folder in the repository that the host builds; empty for all of it.
    """

    url: str
    tag: str
    commit: str
    sub_path: str

    def package_source(self) -> dict[str, str]:
        """Return the manifest's `packageSource`."""
        source = {"type": "git", "url": self.url, "branch": self.tag, "commitHash": self.commit}
        return {**source, "subPath": self.sub_path} if self.sub_path else source


def tag_name(plugin_id: str, version: str, prefix: str) -> str:
    """Return the tag of a release, as release.py makes it.

    Args:
        plugin_id: The manifest's `id`.
        version: The manifest's `version`.
        prefix: The plugin's folder in its repository; empty at the top.
    """
    return f"{plugin_id}/v{version}" if prefix else f"v{version}"


def released_source(
    folder: Path, manifest: dict[str, Any], git_url: str = "", from_image: bool = False
) -> Source:
    """Return the release that is checked out in a plugin's folder and is at its remote.

    Args:
        folder: The plugin's folder.
        manifest: Its manifest.
        git_url: The address that the host clones, where the remote's own is not the one.
        from_image: Whether the host builds the one-line Dockerfile in IMAGE_FOLDER.

    Raises:
        Refused: The host would build something else, or nothing.
    """
    if _read(folder, "rev-parse", "--show-toplevel") is None:
        raise Refused(
            "it is not in a git repository, and the host clones one",
            "git init && git add . && git commit -m Start",
        )
    prefix = (_read(folder, "rev-parse", "--show-prefix") or "").strip("/")
    remote = _remote(folder)
    changed = _read(folder, "status", "--porcelain", "--", ".")
    if changed:
        raise Refused("it has uncommitted changes", "git stash --include-untracked", changed)
    tag = tag_name(str(manifest["id"]), str(manifest["version"]), prefix)
    commit = _tagged_commit(folder, manifest, tag, prefix)
    _check_pushed(folder, remote, tag, commit)
    if from_image:
        _check_image(folder, manifest, commit, prefix)
        prefix = f"{prefix}/{IMAGE_FOLDER}" if prefix else IMAGE_FOLDER
    return Source(git_url or _clone_address(folder, remote), tag, commit, prefix)


def next_release(manifest: dict[str, Any]) -> str:
    """Return the command that releases the next patch version."""
    major, minor, patch = str(manifest["version"]).split(".")
    return f"make release VERSION={major}.{minor}.{int(patch) + 1}"


def _remote(folder: Path) -> str:
    remotes = (_read(folder, "remote") or "").split()
    if "origin" in remotes or len(remotes) == 1:
        return "origin" if "origin" in remotes else remotes[0]
    said = f"has the remotes {', '.join(remotes)}, none called origin" if remotes else "no remote"
    raise Refused(
        f"its repository has {said.removeprefix('has ')}: the host clones from there",
        "git remote add origin URL && git push -u origin HEAD",
    )


def _tagged_commit(folder: Path, manifest: dict[str, Any], tag: str, prefix: str) -> str:
    commit = _read(folder, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}")
    version = manifest["version"]
    if commit is None:
        by_hand = shlex.join(["git", "tag", "--annotate", tag, "--message", f"Release {version}"])
        command = f"make release VERSION={version}" if _has_release(folder) else by_hand
        raise Refused(f"version {version} is not released: there is no tag {tag}", command)
    # The tree, not the commit: another plugin of the repository may have been released since.
    here = _read(folder, "rev-parse", f"HEAD:{prefix}")
    if here is None or here != _read(folder, "rev-parse", f"{commit}:{prefix}"):
        raise Refused(
            f"what is checked out is not what {tag} released: release it as a new version, or "
            f"check the tag out (git checkout {tag})",
            next_release(manifest),
        )
    return commit


def _has_release(folder: Path) -> bool:
    """Tell whether the plugin's Makefile has a target that releases it."""
    with contextlib.suppress(OSError):
        text = (folder / "Makefile").read_text("utf-8", errors="replace")
        return re.search(r"^release:", text, re.MULTILINE) is not None
    return False


def _check_pushed(folder: Path, remote: str, tag: str, commit: str) -> None:
    address = _read(folder, "config", "--get", f"remote.{remote}.url") or ""
    done = _git(folder, "ls-remote", "--tags", remote, f"refs/tags/{tag}", f"refs/tags/{tag}^{{}}")
    if done.returncode != 0:
        said = done.stderr.strip().replace(address, public_address(address) or remote)
        raise Refused(f"the remote {remote} cannot be read", f"git ls-remote --tags {remote}", said)
    # The line of the peeled tag comes last, and is there only for an annotated one.
    there = [line.split()[0] for line in done.stdout.splitlines()]
    push = shlex.join(["git", "push", remote, "HEAD", tag])
    if not there:
        raise Refused(f"the tag {tag} and its commits are not pushed to {remote}", push)
    if there[-1] != commit:
        raise Refused(
            f"the tag {tag} is commit {commit[:12]} here, but {there[-1][:12]} at {remote}",
            shlex.join(["git", "fetch", "--force", remote, f"refs/tags/{tag}:refs/tags/{tag}"]),
        )


def _check_image(folder: Path, manifest: dict[str, Any], commit: str, prefix: str) -> None:
    path = f"{prefix}/{IMAGE_FOLDER}/Dockerfile" if prefix else f"{IMAGE_FOLDER}/Dockerfile"
    text = _read(folder, "show", f"{commit}:{path}")
    image = manifest["container"]["image"]
    release = f"{next_release(manifest)} PUSH=image"
    if text is None:
        raise Refused(f"the release has no {IMAGE_FOLDER}/Dockerfile with its image", release)
    if not re.fullmatch(rf"FROM {re.escape(image)}@sha256:[0-9a-f]{{64}}", text):
        raise Refused(
            f"{IMAGE_FOLDER}/Dockerfile is {text!r}; it must be FROM {image}@sha256:...", release
        )


def _clone_address(folder: Path, remote: str) -> str:
    raw = _read(folder, "config", "--get", f"remote.{remote}.url") or ""
    address = public_address(raw)
    option = "stage7-plugin install --git-url https://git.example.com/team/plugin.git ."
    if address is None:
        raise Refused(f"the remote {remote} is not an address that the host can reach", option)
    if not address.startswith(("http://", "https://", "git://")):
        # The stock image of the host has git, but no SSH client and no key.
        match = _SSH_URL.fullmatch(address) or _SSH_SHORT.fullmatch(address)
        address = f"https://{match['host']}/{match['path']}" if match else address
    return checked_address(address)


def checked_address(address: str) -> str:
    """Return the address. Raises Refused if it could do harm in the host's shell."""
    if not _SAFE.fullmatch(address) or address.startswith("-"):
        raise Refused(
            f"the address {address!r} has characters that the host's shell would interpret; "
            "letters, digits and @ : / . _ ~ % + = , - are allowed"
        )
    return address


def _read(folder: Path, *arguments: str) -> str | None:
    done = _git(folder, *arguments)
    return done.stdout.strip() if done.returncode == 0 else None


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**git_facts.environment(), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as error:
        raise Refused("git is not installed", "https://git-scm.com/downloads") from error
    except subprocess.TimeoutExpired as error:
        raise Refused(f"git {arguments[0]} gave no answer within {_SECONDS} s") from error
