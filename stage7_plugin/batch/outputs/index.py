"""index.md and index.json: the fleet at a glance, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stage7_plugin.batch.outputs.member import Member
from stage7_plugin.batch.ownership import Ownership, read_labels, read_owner
from stage7_plugin.batch.safe_files import read_regular
from stage7_plugin.host.build_context import source_image
from stage7_plugin.rendering.escaping import markdown, markdown_code

MARKDOWN_FILE = "index.md"
JSON_FILE = "index.json"

_COLUMNS = ("Plugin", "Verb", "What it does", "Inputs", "Outputs", "Permissions", "Image", "Port")


def markdown_index(members: Iterable[Member]) -> Iterator[str]:
    """The text of index.md, in parts. An input with ? may be left out."""
    listed = list(members)
    yield f"# {len(listed)} plugin{'' if len(listed) == 1 else 's'}\n\n"
    yield f"| {' | '.join(_COLUMNS)} |\n"
    yield f"|{'---|' * len(_COLUMNS)}\n"
    for member in listed:
        cells = (
            f"[{markdown(member.name)}]({member.slug}/README.md)",
            markdown_code(member.verb),
            markdown(member.description),
            _codes(member.inputs),
            _codes(member.outputs),
            _codes(member.permissions),
            markdown_code(member.view.image),
            str(member.port),
        )
        yield f"| {' | '.join(cells)} |\n"


def json_index(members: Iterable[Member]) -> Iterator[str]:
    """The text of index.json, in parts."""
    plugins = [
        {
            "id": member.view.plugin_id,
            "name": member.name,
            "folder": member.slug,
            "verb": member.verb,
            "version": member.view.version,
            "description": member.description,
            "image": member.view.image,
            "port": member.port,
            "inputs": list(member.inputs),
            "outputs": list(member.outputs),
            "permissions": list(member.permissions),
            "kubernetes": member.on_kubernetes,
            "owner": member.ownership.owner,
            "labels": dict(member.ownership.labels),
            "source": member.source,
            **member.facts,
            "digest": member.digest,
            "source_image": source_image(member.view, member.digest) if member.digest else "",
        }
        for member in members
    ]
    yield json.dumps({"plugins": plugins}, indent=2, ensure_ascii=False) + "\n"


def read_ownership(folder: Path) -> dict[str, Ownership]:
    """Whose the plugins are by an index that is there, by folder; nothing where it is unusable."""
    try:
        listed = json.loads(read_regular(folder / JSON_FILE) or b"{}").get("plugins", [])
        return {str(one["folder"]): _owned(one) for one in listed}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _owned(plugin: Mapping[str, Any]) -> Ownership:
    owner, (labels, _) = str(plugin.get("owner", "")), read_labels(plugin.get("labels", {}))
    return Ownership("" if read_owner(owner) else owner, labels)


def _codes(texts: Iterable[str]) -> str:
    return "<br>".join(markdown_code(text) for text in texts)
