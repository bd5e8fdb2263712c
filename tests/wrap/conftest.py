"""Functions of different style, wrapped once for all tests that look at the plugins."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from stage7_plugin.cli import main

SOURCES = Path(__file__).parent / "sources"


class Wrapped(NamedTuple):
    """A wrapped function.

    Attributes:
        folder: The plugin.
        output: What the command printed.
    """

    folder: Path
    output: str


def wrap(folder: Path, source: str, *answers: str) -> Wrapped:
    """Wrap one of the sources in a folder."""
    arguments = ["wrap", f"{SOURCES}/{source}", "git_init=no", "-o", str(folder), *answers]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    (made,) = folder.iterdir()
    return Wrapped(made, result.output)
