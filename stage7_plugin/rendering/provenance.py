"""What a plugin was made from: which template, which state of it, which answers.

The same whichever program renders the template: Cookiecutter, cruft or the batch command; from a
clone, a zip file or an installed package. Never a path of this machine, never a credential.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from stage7_plugin import __version__
from stage7_plugin.rendering import git_facts

NAME = "stage7-plugin"
"""Stands for the template where no address of it is known."""

_FOLDER = Path(__file__).resolve().parents[2]
_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])"
_URL = re.compile(
    rf"(?P<scheme>https?|ssh|git)://(?P<user>[^/]*@)?(?P<place>{_HOST}(?::\d+)?/[^?#]+)"
)
_SCP = re.compile(rf"(?P<user>[^/:@]+@)?(?P<place>{_HOST}:(?!//)[^:\\?#][^?#]*)")


def provenance(answers: Mapping[str, str], commit: str = "") -> dict[str, Any]:
    """Return the content of `.stage7-template.json`.

    Args:
        answers: Those that decide what is rendered.
        commit: The one that is rendered, where cruft names it.

    Returns:
        `template` is the address of the template's repository, or NAME; `commit` a full id, or None
        where no commit says what was rendered: outside a repository, or with uncommitted changes.
    """
    return {
        "template": _template(),
        "version": __version__,
        "commit": _commit(commit),
        "answers": dict(answers),
    }


def made_from(commit: str = "") -> str:
    """Name the template and its state in one word: `stage7-plugin@0.1.0`, or address@commit."""
    return f"{_template()}@{_commit(commit) or __version__}"


def public_address(remote: str) -> str | None:
    """A git remote without user, password and token; None for a path of this machine.

    The user `git` of an SSH address stays: it is the same for everybody.
    """
    match = _URL.fullmatch(remote) or _SCP.fullmatch(remote)
    if match is None:
        return None
    scheme = match.groupdict().get("scheme")
    user = "git@" if match["user"] == "git@" and scheme in (None, "ssh") else ""
    return f"{scheme}://{user}{match['place']}" if scheme else user + match["place"]


def _template() -> str:
    remote = _git("config", "--get", "remote.origin.url")
    return (public_address(remote) if remote else None) or NAME


def _commit(named: str) -> str | None:
    if not _FULL_ID.fullmatch(named):
        named = _git("describe", "--always", "--abbrev=64", "--exclude=*", "--dirty") or ""
    return named if _FULL_ID.fullmatch(named) else None


@cache
def _git(*arguments: str) -> str | None:
    # Only the template's own repository: an installed package may lie inside somebody else's.
    return git_facts.read(_FOLDER, *arguments) if (_FOLDER / ".git").exists() else None
