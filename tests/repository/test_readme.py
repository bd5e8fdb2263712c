"""README.md: the lines that make a plugin run as they are written."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path

import pytest

from tests.support.git_template import Workplace
from tests.support.template import TEMPLATE

PAGE = (TEMPLATE / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
MAKES_A_PLUGIN = re.compile(r"(?m)^.*cookiecutter gh:org/template$")


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A home in which `gh:org/template` is a clone, and pipx is what uvx makes of it."""
    place = Workplace(tmp_path)
    clone = tmp_path / "git" / "org" / "template"
    shutil.copytree(place.template, clone)
    (tmp_path / "home" / ".cookiecutterrc").write_text(
        f'abbreviations: {{gh: "git+file://{tmp_path}/git/{{0}}"}}\n'
        f"cookiecutters_dir: {tmp_path}/templates\n"
    )
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pipx").write_text('#!/bin/sh\nexec uvx pipx "$@"\n')
    (tools / "pipx").chmod(0o755)
    place.path = [str(tools), sysconfig.get_path("scripts")]
    return place


@pytest.mark.network
@pytest.mark.parametrize("block", BLOCKS, ids=["uvx", "pipx", "venv"])
def test_a_plugin_is_made_as_written(place: Workplace, tmp_path: Path, block: str) -> None:
    (command,) = MAKES_A_PLUGIN.findall(block)
    # Enter at every question. What comes after, `make up`, is tested with the tutorial.
    lines = block.partition(command)[0] + f"yes '' | {command} || test $? = 141"
    status, output = place.call(tmp_path, "bash", "-euo", "pipefail", "-c", lines)
    assert status == 0, output
    assert (tmp_path / "text-echo" / "manifest.json").is_file(), output
