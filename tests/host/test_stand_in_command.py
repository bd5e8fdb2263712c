"""The stand-in as a command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

COMMAND = (sys.executable, "-m", "stage7_plugin.host.stand_in")


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order(number: signal.Signals) -> None:
    """It takes its folder, and the containers that the host would leave, with it."""
    environment = {**os.environ, "STAGE7_TOKEN": "a-token"}
    with subprocess.Popen(
        [*COMMAND, "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert "listens on http://127.0.0.1:" in running.stdout.readline()
        running.send_signal(number)
        assert running.wait(timeout=60) == 0


def test_it_needs_a_token() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "STAGE7_TOKEN"}
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Set STAGE7_TOKEN" in done.stderr
