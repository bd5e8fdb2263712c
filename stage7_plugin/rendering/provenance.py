"""What a plugin was made from: which template, which state of it, which answers.

The same whichever program renders the template: Cookiecutter, cruft or the batch command; from a
clone, a zip file or an installed package. Never a path of this machine, never a credential.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from stage7_plugin import __version__
from stage7_plugin.rendering import git_facts
from stage7_plugin.rendering.template_folder import template_folder

NAME = "stage7-plugin"
"""Stands for the template where no address of it is known."""

_FOLDER = Path(__file__).resolve().parents[2]
_MOST_CLONES = 5
_ORIGIN = ("config", "--get", "remote.origin.url")
_COMMIT = ("describe", "--always", "--abbrev=64", "--exclude=*", "--dirty")
# What GitHub, Gitea and GitLab put behind a repository's address for its archives.
_ARCHIVE = re.compile(r"/(?:-/)?archive/.*|\.zip$")
_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])"
_URL = re.compile(
    rf"(?P<scheme>https?|ssh|git)://(?P<user>[^/]*@)?(?P<place>{_HOST}(?::\d+)?/[^?#]+)"
)
_SCP = re.compile(rf"(?P<user>[^/:@]+@)?(?P<place>{_HOST}:(?!//)[^:\\?#][^?#]*)")


def ask_git() -> None:
    """Let git find out what a plugin is made from while the first files are rendered."""
    if _is_repository(_FOLDER):
        _fact(_FOLDER, *_ORIGIN)
        _fact(_FOLDER, *_COMMIT)


def provenance(answers: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of `.stage7-template.json`.

    Args:
        answers: Those that decide what is rendered.
        context: What Cookiecutter and cruft add to them.

    Returns:
        `template` is the address of the template's repository, or NAME; `commit` a full id, or None
        where no commit says what was rendered, as with uncommitted changes.
    """
    return {
        "template": _template(context),
        "version": __version__,
        "commit": _commit(context),
        "answers": dict(answers),
    }


def made_from(context: Mapping[str, Any]) -> str:
    """Name the template and its state in one word: `stage7-plugin@0.1.0`, or address@commit."""
    return f"{_template(context)}@{_commit(context) or __version__}"


def public_address(remote: str) -> str | None:
    """Return a git remote without user, password and token; None for a local path.

    The user `git` of an SSH address stays: it is the same for everybody.
    """
    match = _URL.fullmatch(remote) or _SCP.fullmatch(remote)
    if match is None:
        return None
    scheme = match.groupdict().get("scheme")
    user = "git@" if match["user"] == "git@" and scheme in (None, "ssh") else ""
    return f"{scheme}://{user}{match['place']}" if scheme else user + match["place"]


def _template(context: Mapping[str, Any]) -> str:
    if _is_repository(_FOLDER):
        return _origin(_FOLDER) or NAME
    if template_folder() != _FOLDER:
        return _installed_from().address or NAME
    # Cookiecutter unpacks a zip file, and notes what it was given.
    archive = public_address(str(context.get("_template", ""))) or ""
    return _ARCHIVE.sub("", archive) or NAME


def _commit(context: Mapping[str, Any]) -> str | None:
    # cruft renders two commits in one process, and says which.
    named = str(context.get("_commit", ""))
    if not _FULL_ID.fullmatch(named):
        if _is_repository(_FOLDER):
            named = _fact(_FOLDER, *_COMMIT).read() or ""
        elif template_folder() != _FOLDER:
            named = _installed_from().commit
        else:
            named = _archived()
    return named if _FULL_ID.fullmatch(named) else None


def _is_repository(folder: Path) -> bool:
    # Its own repository: it may be inside another one.
    return (folder / ".git").exists()


def _origin(folder: Path) -> str | None:
    """Return the public address from which a clone comes, also through other local clones.

    A path on this machine means nothing to anybody else.
    """
    for _ in range(_MOST_CLONES):
        remote = _fact(folder, *_ORIGIN).read()
        if not remote:
            return None
        address = public_address(remote)
        local = folder / remote.removeprefix("file://")
        if address or not local.is_dir():
            return address
        folder = local
    return None


class _Source(NamedTuple):
    address: str | None
    commit: str


@cache
def _installed_from() -> _Source:
    """Where pip or uv took the package from; they note it if that was not an index.

    Source: https://packaging.python.org/en/latest/specifications/direct-url/
    """
    from importlib import metadata  # slow to import, and only for an installed package
    from urllib.request import url2pathname

    try:
        noted = metadata.distribution(NAME).read_text("direct_url.json")
        document = json.loads(noted) if noted else {}
    except (metadata.PackageNotFoundError, ValueError):
        return _Source(None, "")
    url = str(document.get("url", ""))
    if url.startswith("file://"):
        folder = Path(url2pathname(url.removeprefix("file://")))
        return _Source(_origin(folder) if _is_repository(folder) else None, "")
    commit = str(document.get("vcs_info", {}).get("commit_id", ""))
    return _Source(_ARCHIVE.sub("", public_address(url) or "") or None, commit)


def _archived() -> str:
    """Return the commit of an archive, which git writes into the file; else its placeholder."""
    try:
        return (_FOLDER / ".git_archival.txt").read_text("utf-8").strip()
    except OSError:
        return ""


@cache
def _fact(folder: Path, *arguments: str) -> git_facts.Fact:
    return git_facts.Fact(folder, *arguments)
