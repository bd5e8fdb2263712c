"""cruft keeps a plugin up to date: create, check, update over a new version of the template."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template_tools import TEMPLATE, isolated_environment

pytest.importorskip("cruft")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """With a folder of its own for temporary files, away from the plugin."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    home = tmp_path / "home"
    found = isolated_environment(home)
    identity = "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
    (home / "gitconfig").write_text(identity)
    return {**found, "TMPDIR": str(temporary), "PATH": os.environ["PATH"]}


def call(folder: Path, environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "PWD": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_update_to_a_new_version(tmp_path: Path, environment: dict[str, str]) -> None:
    template = tmp_path / "template"
    wanted = ("cookiecutter.json", "hooks", "stage7_plugin", "template_extension.py", "templates")
    template.mkdir()
    for name in (*wanted, "{{cookiecutter.plugin_slug}}"):
        source = TEMPLATE / name
        if source.is_dir():
            shutil.copytree(source, template / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, template / name)
    call(template, environment, "git", "init", "--quiet")
    call(template, environment, "git", "add", "--all")
    call(template, environment, "git", "commit", "--quiet", "-m", "one")

    cruft = (sys.executable, "-m", "cruft")
    created = call(tmp_path, environment, *cruft, "create", "--no-input", str(template))
    assert "git add .cruft.json" in created
    plugin = tmp_path / "text-echo"
    call(plugin, environment, "git", "add", "--all")
    call(plugin, environment, "git", "commit", "--quiet", "-m", "Link")

    # A new filter, used by a prompt and by a file: the package must be the new one as well.
    extension = template / "stage7_plugin" / "extension.py"
    extension.write_text(extension.read_text() + 'FILTERS["shout"] = str.upper\n')
    settings = template / "cookiecutter.json"
    text = settings.read_text().replace("plugin_name | verb }}", "plugin_name | verb | shout }}")
    version = (template / "stage7_plugin" / "__init__.py").read_text()
    (template / "stage7_plugin" / "__init__.py").write_text(version.replace("0.1.0", "0.9.0"))
    settings.write_text(text.replace("0.1.0", "0.9.0"))
    logic = template / "{{cookiecutter.plugin_slug}}" / "plugin_logic.py"
    logic.write_text(logic.read_text() + '\n# {{ "new" | shout }}\n')
    call(template, environment, "git", "commit", "--quiet", "--all", "-m", "two")

    updated = call(plugin, environment, *cruft, "update", "--skip-apply-ask")
    assert "has been updated" in updated
    assert (plugin / "plugin_logic.py").read_text().endswith("\n# NEW\n")
    status = call(plugin, environment, "git", "status", "--porcelain").splitlines()
    assert sorted(line[3:] for line in status) == [".cruft.json", "plugin_logic.py"]
    assert "up to date" in call(plugin, environment, *cruft, "check")
