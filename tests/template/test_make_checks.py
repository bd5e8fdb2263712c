"""`make test`, `lint` and `format` of a rendered plugin, without an engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import render


@pytest.fixture
def with_tools(tmp_path: Path) -> Path:
    """A plugin whose .venv is the environment of these tests."""
    project = render(tmp_path)
    (project / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return project


def make(project: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Run a target that needs .venv, which is taken to be complete."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    own = {"PYTHONDONTWRITEBYTECODE": "1", "MYPY_CACHE_DIR": str(project / ".mypy_cache")}
    return subprocess.run(
        ["make", "--old-file=.venv/.installed", target, "OPTIONS=-m 'not engine' -p no:xdist"],
        cwd=project,
        env={**kept, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_make_test_runs_the_tests_first_and_lint_in_any_case(with_tools: Path) -> None:
    done = make(with_tools, "test")
    assert done.returncode == 0, done.stdout
    assert done.stdout.index(" passed") < done.stdout.index("All checks passed!")

    logic = with_tools / "plugin_logic.py"
    good = logic.read_text("utf-8")
    logic.write_text("import os\n" + good, "utf-8")
    done = make(with_tools, "test")
    assert done.returncode == 2
    assert " passed" in done.stdout
    assert "`os` imported but unused" in done.stdout
    assert "Lint failed; make lint repeats it, make format" in done.stdout

    logic.write_text(good.replace('"success": True', '"success": False'), "utf-8")
    done = make(with_tools, "test")
    assert done.returncode == 2
    assert "The tests failed, with exit status 1." in done.stdout
    assert "All checks passed!" in done.stdout
    assert "Lint failed" not in done.stdout


def test_make_format_formats_where_lint_has_complaints(with_tools: Path) -> None:
    logic = with_tools / "plugin_logic.py"
    logic.write_text(logic.read_text("utf-8") + "\n\nx  =  undefined\n", "utf-8")
    done = make(with_tools, "format")
    assert done.returncode == 0, done.stdout
    assert "Undefined name `undefined`" in done.stdout
    assert logic.read_text("utf-8").endswith("\nx = undefined\n")


IMPORTS = "import logging\nfrom typing import Any\n\nimport docutils\n"


def test_a_library_without_types_stops_no_test_and_its_hint_fits_the_plugin(
    with_tools: Path,
) -> None:
    logic = with_tools / "plugin_logic.py"
    code = logic.read_text("utf-8")
    code = code.replace("import logging\nfrom typing import Any\n", IMPORTS, 1)
    logic.write_text(
        code.replace(
            "    received = [", "    docutils.__version__  # noqa: B018\n    received = [", 1
        ),
        "utf-8",
    )
    done = make(with_tools, "test")
    assert done.returncode == 2
    assert " passed" in done.stdout
    assert "Hint: add types-docutils to requirements-dev.in" in done.stdout
    assert "python3 -m pip" not in done.stdout
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f".venv/bin/python (Python {version})" in done.stdout
    assert "# type: ignore[import-untyped]" in done.stdout
