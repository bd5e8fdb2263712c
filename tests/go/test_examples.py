"""The examples in Go pass `make test`: their own tests, `go vet` and `gofmt`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import go
from tests.support.example_plugins import cases, make_example, written_in

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", written_in("go"))
def test_it_passes_its_own_checks(tmp_path: Path, name: str) -> None:
    project = make_example(tmp_path, name, "git_init=no", language="go")
    done = subprocess.run(
        ["make", "test", "OPTIONS=-v"],
        cwd=project,
        env=go.environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r"--- PASS: TestEveryCase/", done.stdout)) == len(cases(name))
