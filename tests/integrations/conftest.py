"""A runner for the scripts of the forms."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.template import TEMPLATE, isolated_environment

# What stands in for programs that a runner has, or that ask a server.
PIPX = f'#!/bin/sh\nshift 4\nexec "{sys.executable}" -m stage7_plugin "$@"\n'
GH = '#!/bin/sh\nprintf "%s\\n" "$@" >> "$GH_CALLS"\n'


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A runner's environment, with stand-ins for pipx and gh."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("pipx", PIPX), ("gh", GH)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return {
        **isolated_environment(tmp_path / "home"),
        "PATH": os.pathsep.join((str(programs), os.environ["PATH"])),
        "PYTHONPATH": str(TEMPLATE),
        "GH_CALLS": str(tmp_path / "gh-calls"),
        "RUNNER_TEMP": str(tmp_path / "work"),
        "TEMPLATE": "unused",
    }
