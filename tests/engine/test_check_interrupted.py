"""`stage7-plugin check` that is cancelled, as a CI job is, leaves neither container nor image."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_containers_are_removed(client: APIClient, plugin: Path, name: str) -> None:
    label = f"interrupted={uuid.uuid4().hex}"
    with (plugin / "Dockerfile").open("a") as dockerfile:
        dockerfile.write(f"LABEL {label}\n")

    def containers() -> list[object]:
        return list(
            client.containers(all=True, filters={"label": [label, "stage7-plugin=host-run"]})
        )

    check = subprocess.Popen(
        [sys.executable, "-m", "stage7_plugin", "check", str(plugin)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 30
    while not containers() and time.monotonic() < end:
        time.sleep(0.05)
    assert containers()
    check.send_signal(getattr(signal, name))
    _, errors = check.communicate(timeout=30)
    assert check.returncode == 1
    assert "Aborted!" in errors
    assert containers() == []
    assert client.images(filters={"label": label}) == []
