"""The line of the guide that asks a registry: what is there is not built again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.batch import batch, numbered, write_fleet
from tests.support.template import TEMPLATE

DOCS = (TEMPLATE / "docs" / "guides" / "batch.md").read_text("utf-8")
# A docker that knows what is in the registry, and notes what it is asked to build.
DOCKER = """#!/bin/sh
case "$*" in
  "buildx imagetools inspect "*) grep -qxF "$4" "$REGISTRY" ;;
  *) echo "$*" >> "$CALLS" ;;
esac
"""

pytestmark = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("jq"), reason="needs jq and a POSIX shell"
)


def ask(tmp_path: Path, there: list[str]) -> tuple[int, str, str]:
    """Exit status, what was said, and what was built."""
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir(exist_ok=True)
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    (tmp_path / "registry").write_text("\n".join([*there, ""]))
    (tmp_path / "calls").write_text("")
    (script,) = (b for b in re.findall(r"```bash\n(.*?)```", DOCS, re.S) if "@tsv" in b)
    environment = {
        **os.environ,
        "PATH": f"{docker.parent}{os.pathsep}{os.environ['PATH']}",
        "REGISTRY": str(tmp_path / "registry"),
        "CALLS": str(tmp_path / "calls"),
    }
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script.replace("cd fleet", "cd out")],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr, (tmp_path / "calls").read_text()


def test_only_what_has_changed_is_built(tmp_path: Path) -> None:
    assert batch(tmp_path, write_fleet(tmp_path, *numbered(3))).status == 0
    jq = ["jq", "-r", ".plugins[].source_image", str(tmp_path / "out" / "index.json")]
    sources = subprocess.run(jq, capture_output=True, text=True, check=True).stdout.split()
    built = "buildx bake --push plugin-1 plugin-2 plugin-3\n"
    assert ask(tmp_path, []) == (0, "", built)
    assert ask(tmp_path, sources) == (0, "", "")
    versions = [f"stage7/plugin-{number}:1.0.0" for number in (1, 2, 3)]
    assert ask(tmp_path, [*sources, *versions]) == (0, "", "")
    assert ask(tmp_path, [sources[0], sources[2]]) == (0, "", "buildx bake --push plugin-2\n")
    status, said, built = ask(tmp_path, [*sources[:2], *versions])
    assert (status, built) == (1, "")
    assert said == "plugin-3 has changed, and stage7/plugin-3:1.0.0 exists: move its version\n"
