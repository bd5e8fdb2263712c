"""What the template's image has instead of an instruction that is not taken over."""

from __future__ import annotations

import re

from stage7_plugin.wrap.old_extras import is_secret

INSTEAD = {
    "HEALTHCHECK": "the template's one calls the server, with the times in manifest.json",
    "LABEL": "the template's contain title, version, author and license",
    "MAINTAINER": "the author in manifest.json replaces it",
    "STOPSIGNAL": "the template's server ends with SIGTERM",
    "SHELL": "nothing in the template's Dockerfile needs it",
    "VOLUME": "the host mounts none: a plugin can write to /tmp, and each execution starts empty",
    "ONBUILD": "no image is built from the plugin's image",
}
NO_PLACE = "it has no place in the template's Dockerfile"
USER = "the plugin runs as the user 10001, and can write to /tmp"
_FOLDERS = "the plugin can write to /tmp; make folders there in the code"
_LOST = "the template's Dockerfile does not run it"
# They leave nothing behind that a plugin could need.
_HARMLESS = frozenset(
    ("rm", "apt-get", "apt", "set", "true", ":", "echo", "cd", "export", "done", "fi", "}")
)
_OF_USERS = frozenset(("useradd", "groupadd", "adduser", "addgroup", "usermod"))
_OF_FOLDERS = frozenset(("mkdir", "chmod", "chown", "install"))
_WORSE = ("", USER, _FOLDERS, _LOST)


def instead_of(program: str) -> str:
    """Say what becomes of what a command of RUN does; "" if nothing is lost."""
    if program in _OF_USERS:
        return USER
    if program in _OF_FOLDERS:
        return _FOLDERS
    return "" if program in _HARMLESS else _LOST


def worse(one: str, other: str) -> str:
    """Return that of two such texts which loses more."""
    return max(one, other, key=_WORSE.index)


def shortened(word: str, rest: str) -> str:
    """Return an instruction as one short line, without values that may be secrets."""
    line = " ".join(f"{word} {rest}".split())
    line = re.sub(r"://[^/\s]*@", "://...@", line)
    line = re.sub(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S+)", _masked, line)
    return line if len(line) <= 80 else f"{line[:77]}..."


def _masked(match: re.Match[str]) -> str:
    return f"{match[1]}=..." if is_secret(match[1]) else match[0]
