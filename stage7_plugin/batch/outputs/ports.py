"""Host ports of a fleet: a plugin keeps the one that it had."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from stage7_plugin.batch.outputs import compose
from stage7_plugin.batch.safe_files import read_regular

_LAST = 65535


def assign(slugs: Sequence[str], first: int, kept: Mapping[str, int]) -> dict[str, int]:
    """Give each plugin a port.

    Args:
        slugs: The plugins, in the order of the batch file.
        first: The port of the first plugin of a new fleet; the others follow.
        kept: The ports that plugins had; one below `first`, or that another has, is not kept.
    """
    ports: dict[str, int] = {}
    taken: set[int] = set()
    for slug in slugs:
        port = kept.get(slug, 0)
        if first <= port <= _LAST and port not in taken:
            ports[slug] = port
            taken.add(port)
    free = (port for port in range(first, _LAST + 1) if port not in taken)
    for number, slug in enumerate(slugs, first):
        if slug not in ports:
            ports[slug] = number if number not in taken else next(free)
            taken.add(ports[slug])
    return {slug: ports[slug] for slug in slugs}


def read_ports(folder: Path, slugs: Iterable[str]) -> dict[str, int]:
    """Read the ports that a fleet's folder says, by plugin."""
    found = {}
    for slug in slugs:
        path = folder / compose.ENVIRONMENTS / compose.environment_name(slug)
        text = (read_regular(path) or b"").decode("ascii", "replace")
        match = re.fullmatch(r"PLUGIN_HOST_PORT=([0-9]{1,5})\n", text)
        if match:
            found[slug] = int(match[1])
    return found
