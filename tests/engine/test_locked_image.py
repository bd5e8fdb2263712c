"""What goes into an image is what is locked: a dependency with another content stops the build."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import render

pytestmark = [pytest.mark.engine, pytest.mark.network]


def shell(project: Path, script: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)


def test_only_the_locked_content_is_installed(tmp_path: Path) -> None:
    project = render(tmp_path, plugin_slug="locked-for-tests")
    image = json.loads((project / "manifest.json").read_text("utf-8"))["container"]["image"]
    added = shell(
        project,
        f"echo markupsafe==3.0.2 >> requirements.in; make PYTHON={sys.executable} lock build\n"
        f"docker run --rm {image} /usr/local/bin/python -m pip list; docker rmi {image}",
    )
    assert added.returncode == 0, added.stdout + added.stderr
    assert re.search(r"(?m)^MarkupSafe +3\.0\.2$", added.stdout)

    lock = project / "requirements.txt"
    good = lock.read_text("utf-8")
    lock.write_text(good + "idna==3.10\n", "utf-8")
    unlocked = shell(project, "make build")
    assert unlocked.returncode != 0
    assert "Hashes are required" in unlocked.stdout + unlocked.stderr

    lock.write_text(re.sub("sha256:....", "sha256:0000", good), "utf-8")
    changed = shell(project, "make build")
    assert changed.returncode != 0
    assert "DO NOT MATCH THE HASHES" in changed.stdout + changed.stderr
