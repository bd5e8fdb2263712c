"""docs/guides/automation.md: every line runs as it is written, in a clone."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import TEMPLATE

pytest.importorskip("cruft")


PAGE = (TEMPLATE / "docs" / "guides" / "automation.md").read_text("utf-8")
LINES = [
    line
    for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
USES_NETWORK = ("pip wheel", "uvx --from")


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A clone with everything in it, and the tools of the development environment."""
    place = Workplace(tmp_path)
    place.path = [sysconfig.get_path("scripts")]
    return place


def without_network() -> list[str]:
    """Return a command that runs another one without a network, where the system allows it."""
    command = ["unshare", "--net"]
    try:
        possible = subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except OSError:
        possible = False
    return command if possible else []


@pytest.mark.network
def test_every_line_works_as_written(place: Workplace) -> None:
    for line in LINES:
        online = any(words in line for words in USES_NETWORK)
        offline = [] if online else without_network()
        status, output = place.call(place.template, *offline, "bash", "-euc", line)
        assert status == 0, f"{line}\n{output}"

    made = place.template.parent / "plugins"
    names = {
        "word-count", "text-statistics", "unit-converter", "letter-count", "from-a-zip",
        "from-a-package", "with-uv", "offline",
    }  # fmt: skip
    assert {path.name for path in made.iterdir()} == names
    assert (made.parent / "again" / "unit-converter" / "plugin_types.go").is_file()
    written = (TEMPLATE / "examples" / "unit-converter" / "go" / "plugin_logic.go").read_bytes()
    assert (made / "unit-converter" / "plugin_logic.go").read_bytes() == written
    assert (made / "letter-count" / ".gitlab-ci.yml").is_file()
    assert (made / "letter-count" / ".cruft.json").is_file()
    for plugin in made.iterdir():
        assert "pycache" not in place.git(plugin, "ls-files"), plugin.name
        recorded = json.loads((plugin / ".stage7-template.json").read_text("utf-8"))
        assert recorded["answers"]["plugin_slug"] == plugin.name


def test_the_statuses_are_those_of_the_table() -> None:
    rows = re.findall(r"(?m)^\| (\d) \|", PAGE)
    assert rows == ["0", "1", "2"], "tests/generate/test_new.py holds each of them"
