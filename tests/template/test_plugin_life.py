"""A plugin's life from end to end: made, worked on, updated, released, and made again offline."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stage7_plugin.generate.sync import run_sync
from tests.support.plugin_life import Life, created

pytest.importorskip("cruft")


def test_a_life(tmp_path: Path) -> None:
    life = created(tmp_path)
    write_the_plugin(life)
    passes_its_own_checks(life)

    life.template_fix()
    life.template_move("tests/test_server.py", "tests/test_http.py")
    life.update()
    life.assert_fixed()
    assert life.status()["tests/test_server.py -> tests/test_http.py"] == "R"
    life.place.commit(life.plugin, "Update without a conflict")
    passes_its_own_checks(life)

    release(life, "1.0.0")

    life.edit("compose.yaml", "restart: unless-stopped", "restart: 'no'")
    life.template_edit("compose.yaml", "restart: unless-stopped", "restart: always")
    life.update()
    compose = life.plugin / "compose.yaml"
    ours, theirs = compose.read_text("utf-8").split("=======")
    assert "restart: 'no'" in ours
    assert "restart: always" in theirs
    life.place.git(life.plugin, "checkout", "--ours", "compose.yaml")
    changelog = life.plugin / "CHANGELOG.md"
    note = "## Unreleased\n\n### Changed\n\n- The newest server\n"
    changelog.write_text(changelog.read_text("utf-8").replace("## Unreleased\n", note, 1), "utf-8")
    life.place.commit(life.plugin, "Update with a conflict")
    passes_its_own_checks(life)

    release(life, "1.1.0")
    tags = life.place.git(life.plugin, "tag", "--list").splitlines()
    assert tags == ["v1.0.0", "v1.1.0"]
    logic = (life.plugin / "plugin_logic.py").read_text("utf-8")
    assert logic == LOGIC, "what the author wrote on the first day"


LOGIC = '''\
"""Counts words."""

from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Count the words of a text."""
    return {"success": True, "outputs": {"words": len(inputs["text"].split())}}
'''


def write_the_plugin(life: Life) -> None:
    """Real code, and an output of another name and type in the manifest."""
    (life.plugin / "plugin_logic.py").write_text(LOGIC, "utf-8")
    path = life.plugin / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["outputDefinitions"] = [
        {"name": "words", "type": "number", "required": True, "description": "How many words"}
    ]
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    assert run_sync(life.plugin, check=False) == 0
    life.place.commit(life.plugin, "Count words")


def passes_its_own_checks(life: Life) -> None:
    tools = (
        ("ruff", "check", "--no-cache", "."),
        ("mypy", "."),
        ("pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-m", "not engine"),
    )
    for tool, *arguments in tools:
        life.place.run(life.plugin, tool, *arguments)


def release(life: Life, version: str) -> None:
    python = f"PYTHON={sys.executable}"
    status, output = life.place.call(life.plugin, "make", "release", python, f"VERSION={version}")
    assert status == 0, output
    manifest = json.loads((life.plugin / "manifest.json").read_text("utf-8"))
    assert manifest["container"]["image"] == f"stage7/text-echo:{version}"


@pytest.mark.network
def test_an_installed_package_holds_the_whole_template(tmp_path: Path) -> None:
    """What it makes is what a clone makes, byte for byte, but for where it says it came from."""
    life = created(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = ("-m", "pip", "install", "--quiet", "--compile", str(life.place.template))
    status, output = life.place.call(tmp_path, python, *install)
    assert status == 0, output
    made = ("--no-input", "--output-dir")
    for command in (
        (python, "-m", "stage7_plugin", "new", *made, "package"),
        (sys.executable, "-m", "cookiecutter", str(life.place.template), *made, "clone"),
    ):
        with_byte_code = ("env", "-u", "PYTHONDONTWRITEBYTECODE", *command)
        status, output = life.place.call(tmp_path, *with_byte_code, "git_init=no")
        assert status == 0, output
    package, clone = contents(tmp_path / "package"), contents(tmp_path / "clone")
    differing = {
        name for name in package.keys() | clone.keys() if package.get(name) != clone.get(name)
    }
    assert differing == {".stage7-template.json", "Dockerfile", "README.md"}
    kept = "__jinja2_*.cache"
    assert list(life.place.template.rglob(kept)), "the checkout keeps what it has compiled"
    assert not list((tmp_path / "venv").rglob(kept)), "pip would leave it behind"


def contents(folder: Path) -> dict[str, bytes]:
    project = folder / "text-echo"
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file()
    }
