"""Which kind of source is it? The one place that knows every reader."""

from __future__ import annotations

from types import ModuleType

from stage7_plugin.wrap import container, function, host_plugin
from stage7_plugin.wrap.model import CannotWrap, Kind, Wrapping

READERS: dict[Kind, ModuleType] = {
    "function": function,
    "host-plugin": host_plugin,
    "container": container,
}
"""A reader has recognises(source) and read(source, execute)."""

EXPECTED = (
    "a Python function, as FILE.py:NAME or FOLDER:MODULE.NAME; or the folder of a container "
    "plugin or of a Python plugin of the host"
)
EXAMPLE = "tools/text.py:summarise"


def read_source(source: str, kind: Kind | None = None, *, execute: bool = False) -> Wrapping:
    """Read a source, whatever it is.

    Args:
        source: What the user named.
        kind: What it is, where that is not to be found out.
        execute: Whether the source may be imported to look at it.

    Raises:
        CannotWrap: It is none of the kinds, or cannot be wrapped.
    """
    for name, reader in READERS.items():
        if kind == name or (kind is None and reader.recognises(source)):
            found: Wrapping = reader.read(source, execute)
            return found
    raise CannotWrap(source, None, "the kind of source cannot be detected", EXPECTED, EXAMPLE)
