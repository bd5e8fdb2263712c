"""`make dev` of a rendered plugin at a terminal: start, restart on a save, end by Ctrl-C."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.dev_plugin import edit, make_plugin, until
from tests.support.template import TEMPLATE, isolated_environment

pexpect = pytest.importorskip("pexpect", reason="needs a terminal")


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin after `make setup`, and `stage7-plugin` on PATH: nothing has to be installed."""
    folder = make_plugin(tmp_path / "plugin")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (folder / ".venv" / ".installed").touch()
    os.utime(folder / ".venv" / ".installed", (2**32, 2**32))
    tool = tmp_path / "bin" / "stage7-plugin"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stage7_plugin "$@"\n', "utf-8")
    tool.chmod(0o755)
    return folder


def test_it_runs_the_plugin_until_ctrl_c(plugin: Path, tmp_path: Path) -> None:
    environment = isolated_environment(tmp_path / "home")
    environment["PATH"] = f"{tmp_path / 'bin'}{os.pathsep}{environment['PATH']}"
    # Without the file, which make names in ENV_FILE, the plugin would not be ready.
    (plugin / ".env").write_text("WORD_OF_THE_DAY=from .env\n", "utf-8")
    edit(plugin, 'WORD = "first"', 'import os\n\nWORD = os.environ["WORD_OF_THE_DAY"]')
    browser = tmp_path / "bin" / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >{tmp_path}/opened\n', "utf-8")
    browser.chmod(0o755)
    child = pexpect.spawn(
        "make",
        [f"PYTHON={sys.executable}", "dev", "OPTIONS=--open"],
        cwd=plugin,
        env={**environment, "PYTHONPATH": str(TEMPLATE), "BROWSER": str(browser)},
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 200),
    )
    try:
        child.expect(r"plugin: (http://127\.0\.0\.1:\d+/)")
        url = child.match[1]
        child.expect(r"ready in \d+ ms")
        until(lambda: (tmp_path / "opened").is_file())
        until(lambda: (tmp_path / "opened").read_text("utf-8").strip() == url)
        edit(plugin, "import logging", "import logging\n\n# saved")
        child.expect(r"plugin_logic\.py changed: ready in \d+ ms")
        with urllib.request.urlopen(f"{url}api/plugin", timeout=60) as answer:
            assert answer.status == 200
        child.sendintr()
        child.expect(pexpect.EOF)
        assert "Traceback" not in child.before
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(url, timeout=60)
    finally:
        child.close(force=True)


def test_it_says_how_to_get_the_tool(plugin: Path, tmp_path: Path) -> None:
    environment = {**isolated_environment(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    said, status = pexpect.run(
        f"make PYTHON={sys.executable} dev",
        cwd=plugin,
        env=environment,
        encoding="utf-8",
        withexitstatus=True,
    )
    assert status == 2
    assert "Nothing was done, because stage7-plugin is not available" in said
