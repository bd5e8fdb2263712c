"""The oldest supported Cookiecutter works; an older one gets an error that says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from stage7_plugin.rendering.extension import OLDEST_COOKIECUTTER
from tests.support.template import TEMPLATE, cookiecutter_of_version, isolated_environment

OLDEST = ".".join(map(str, OLDEST_COOKIECUTTER))


def test_the_package_requires_the_same_version() -> None:
    project = tomllib.loads((TEMPLATE / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"cookiecutter>={OLDEST}" in project["dependencies"]


def generate_with(version: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the template with a Cookiecutter that is installed for it alone."""
    return subprocess.run(
        [
            cookiecutter_of_version(version, folder),
            "-m",
            "cookiecutter",
            str(TEMPLATE),
            "--no-input",
            "git_init=no",
        ],
        cwd=folder,
        env=isolated_environment(folder / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )


@pytest.mark.network
def test_the_oldest_supported_version_works(tmp_path: Path) -> None:
    done = generate_with(f"{OLDEST}.0", tmp_path)
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "text-echo" / "manifest.json").is_file()


@pytest.mark.network
def test_an_older_version_gets_a_sentence(tmp_path: Path) -> None:
    done = generate_with("2.5.0", tmp_path)
    assert done.returncode == 1
    assert done.stdout.strip() == (
        f"This is Cookiecutter 2.5.0, but the template needs {OLDEST} or newer: "
        "python -m pip install --upgrade cookiecutter"
    )
    assert not (tmp_path / "text-echo").exists()
