"""The README's section for machines: every line runs as it is written, in a clone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import TEMPLATE

pytest.importorskip("cruft")


def section(heading: str) -> str:
    text = (TEMPLATE / "README.md").read_text("utf-8")
    return re.split(r"(?m)^## ", text.split(f"\n## {heading}\n", 1)[1])[0]


def bash_blocks(text: str) -> list[str]:
    return re.findall(r"```bash\n(.*?)```", text, re.DOTALL)


BLOCKS = bash_blocks(section("Without a person"))


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A clone with everything in it, and a python3 into which may be installed."""
    place = Workplace(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    place.path = [str(tmp_path / "venv" / "bin"), sysconfig.get_path("scripts")]
    return place


def without_network() -> list[str]:
    """A command that runs another one in a network of its own, where that can be had."""
    command = ["unshare", "--net"]
    try:
        possible = subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except OSError:
        possible = False
    return command if possible else []


@pytest.mark.network
def test_every_line_works_as_written(place: Workplace) -> None:
    lines = [line for block in BLOCKS for line in block.splitlines()]
    for line in lines:
        offline = [] if "pip wheel" in line or "uvx --from" in line else without_network()
        status, output = place.call(place.template, *offline, "bash", "-euc", line)
        assert status == 0, f"{line}\n{output}"

    made = place.template.parent / "plugins"
    names = {
        "word-count", "text-statistics", "letter-count", "from-a-zip", "from-a-package", "with-uv",
        "offline",
    }  # fmt: skip
    assert {path.name for path in made.iterdir()} == names
    assert (made.parent / "again" / "text-statistics" / "manifest.json").is_file()
    assert (made / "letter-count" / ".gitlab-ci.yml").is_file()
    assert (made / "letter-count" / ".cruft.json").is_file()
    for plugin in made.iterdir():
        assert "pycache" not in place.git(plugin, "ls-files"), plugin.name
        recorded = json.loads((plugin / ".stage7-template.json").read_text("utf-8"))
        assert recorded["answers"]["plugin_slug"] == plugin.name


def test_the_statuses_are_those_of_the_table() -> None:
    rows = re.findall(r"(?m)^\| (\d) \|", section("Without a person"))
    assert rows == ["0", "1", "2"], "tests/generate/test_new.py holds each of them"
