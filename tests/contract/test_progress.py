"""What a terminal shows while rules are being checked, and what a file gets."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pexpect
import pexpect.popen_spawn

from tests.support.contract import MANIFEST, served

ARGUMENTS = ["-m", "stage7_plugin", "check", "--rule", "execute", "--manifest", str(MANIFEST)]
ROOT = Path(__file__).parents[2]


def test_a_terminal_shows_what_is_being_checked_below_the_results() -> None:
    with served("correct") as url:
        child = pexpect.spawn(
            sys.executable,
            [*ARGUMENTS, url],
            cwd=str(ROOT),
            encoding="utf-8",
            timeout=60,
            dimensions=(40, 200),
        )
        child.expect(pexpect.EOF)
        text = child.before or ""
        child.close()
    assert child.exitstatus == 0, text
    assert re.search(r"\d+ of \d+: (execute|lifecycle|manifest)\.", text)
    assert "passed  execute.raw-inputs" in text
    assert "0 failed" in text


def test_a_file_gets_the_results_alone() -> None:
    with served("correct") as url:
        child = pexpect.popen_spawn.PopenSpawn(
            [sys.executable, *ARGUMENTS, url], cwd=str(ROOT), encoding="utf-8", timeout=60
        )
        text = child.read()
    assert "passed  execute.raw-inputs" in text
    assert re.search(r"\d+ of \d+:", text) is None
    assert "\x1b" not in text
