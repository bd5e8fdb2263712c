"""docker-bake.json: the fleet's images for `docker buildx bake`, on any builder.

Source of the form: Bake's file reference. Paths count from the folder where bake is started; a
`${` in a value would be an expression, and none of these values can hold one. The second tag names
what an image is built from, so that a fresh machine can ask the registry whether it is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from posixpath import normpath

from stage7_plugin.batch.outputs.member import Member
from stage7_plugin.host.build_context import SOURCE_LABEL, source_image
from stage7_plugin.host.engine import build_arguments

FILE = "docker-bake.json"


def bake_file(members: Iterable[Member]) -> Iterator[str]:
    """The text of the file, in parts."""
    listed = list(members)
    group = {"default": {"targets": [member.slug for member in listed]}}
    targets = {member.slug: _target(member) for member in listed}
    yield json.dumps({"group": group, "target": targets}, indent=2) + "\n"


def _target(member: Member) -> dict[str, object]:
    view = member.view
    labels = {"labels": {SOURCE_LABEL: member.digest}} if member.digest else {}
    tags = [source_image(view, member.digest)] if member.digest else []
    return {
        "context": normpath(f"{member.slug}/{view.build_context}"),
        "dockerfile": view.dockerfile,
        "args": build_arguments(view),
        "tags": [view.image, *tags],
        **labels,
    }
