"""The examples in TypeScript pass their own tests, and `make lint`: Biome and tsc."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import node
from tests.support.example_plugins import cases, make_example, written_in
from tests.support.typescript_plugin import link, make

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", written_in("typescript"))
def test_it_passes_its_own_tests(tmp_path: Path, name: str) -> None:
    project = make_example(tmp_path, name, "git_init=no", language="typescript")
    command = [node.node(), "--test", "--test-reporter=tap", "tests/logic.test.ts"]
    done = subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r"(?m)^ok ", done.stdout)) == len(cases(name)) + 1


@pytest.mark.network
@pytest.mark.parametrize("name", written_in("typescript"))
def test_it_passes_lint(tmp_path: Path, packages: Path, name: str) -> None:
    project = make_example(tmp_path, name, "git_init=no", language="typescript")
    link(project, packages)
    done = make(project, "lint")
    assert done.returncode == 0, done.stdout
