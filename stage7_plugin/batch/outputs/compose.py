"""compose.yaml of a fleet: every plugin's own is included, each on a host port of its own.

A plugin's compose.yaml publishes ${PLUGIN_HOST_PORT:-8080}. The environment file of an `include` is
where Compose takes that from for this plugin alone (Compose 2.20 or newer).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import join

from stage7_plugin.batch.outputs.member import Member

FILE = "compose.yaml"
ENVIRONMENTS = "compose_env"  # no slug has an underscore, so no plugin can be called that

_HEAD = """\
# Every plugin of this folder, on the ports that index.md lists:
#   docker compose up --detach --build
#   docker compose up --detach --build NAME    one of them
# PLUGIN_HOST_PORT must not be set in your shell: it would win over the files in {environments}.
"""


def compose_file(members: Iterable[Member]) -> Iterator[str]:
    """The text of the file, in parts."""
    yield _HEAD.format(environments=ENVIRONMENTS)
    yield "include:"
    empty = True
    for member in members:
        yield "\n" if empty else ""
        empty = False
        yield f"  - path: {member.slug}/compose.yaml\n"
        yield f'    project_directory: "{member.slug}"\n'
        yield f"    env_file: {join(ENVIRONMENTS, environment_name(member.slug))}\n"
    if empty:
        yield " []\n"


def environment_name(slug: str) -> str:
    """The name of a plugin's environment file."""
    return f"{slug}.env"


def environment(member: Member) -> str:
    """The text of a plugin's environment file."""
    return f"PLUGIN_HOST_PORT={member.port}\n"
