"""index.md and index.json: the fleet at a glance, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from stage7_plugin.batch.outputs.member import Member
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
        }
        for member in members
    ]
    yield json.dumps({"plugins": plugins}, indent=2, ensure_ascii=False) + "\n"


def _codes(texts: Iterable[str]) -> str:
    return "<br>".join(markdown_code(text) for text in texts)
