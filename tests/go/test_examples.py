"""The examples in Go pass their own tests, and `make lint`: `go vet` and `gofmt`."""

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
    done = go.run(project, "go", "test", "-v", ".")
    assert done.returncode == 0, done.stdout
    assert len(re.findall(r"--- PASS: TestEveryCase/", done.stdout)) == len(cases(name))
    lint = subprocess.run(
        ["make", "lint"], cwd=project, env=go.environment(), capture_output=True, encoding="utf-8"
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
