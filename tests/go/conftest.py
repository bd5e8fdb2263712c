"""What the tests of the Go server share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import Server, Start, starting


@pytest.fixture
def start(tmp_path: Path, go_server: Server) -> Iterator[Start]:
    """Starts the Go server."""
    yield from starting(tmp_path, go_server)
