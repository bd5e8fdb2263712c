"""What the tests of TypeScript plugins share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.template import render
from tests.support.typescript_plugin import make


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `node_modules` of a plugin."""
    plugin = render(tmp_path_factory.mktemp("installed"), language="typescript")
    done = make(plugin, "setup")
    assert done.returncode == 0, done.stdout
    return plugin / "node_modules"
