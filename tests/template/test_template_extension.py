"""The template uses its own package, whatever else is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.template import TEMPLATE, generate, run


def test_an_installed_package_of_another_version_does_no_harm(tmp_path: Path) -> None:
    installed = tmp_path / "site-packages" / "stage7_plugin"
    installed.mkdir(parents=True)
    (installed / "__init__.py").write_text("raise RuntimeError('the wrong package')\n")
    environment = {"PYTHONPATH": str(installed.parent)}
    result = run(tmp_path, "--no-input", "git_init=no", environment=environment)
    assert (result.status, result.written) == (0, ["text-echo"]), result.output


def test_it_is_found_from_any_folder(tmp_path: Path) -> None:
    assert generate(tmp_path, git_init="no").status == 0


CHANGE_WHILE_RUNNING = """
import os, sys
from pathlib import Path
folder = sys.argv[1]
sys.path.append(folder)
from cookiecutter.utils import create_env_with_context
context = {"cookiecutter": {"_extensions": ["template_extension.PluginExtension"]}}
assert "brand_new" not in create_env_with_context(context).filters
for name, old, new in (
    ("rendering/extension.py", '    "docstring"', '    "brand_new"'),
    ("__init__.py", "0.1.0", "0.9.0"),
):
    path = Path(folder, "stage7_plugin", name)
    second = int(path.stat().st_mtime)
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(0, second * 10**9 + 1))  # same second and size: the byte code looks right
assert "brand_new" in create_env_with_context(context).filters
assert "brand_new" in create_env_with_context(context).filters
assert sys.modules["stage7_plugin"].__version__ == "0.9.0"
"""


def test_package_that_changed_on_disk_is_imported_anew(tmp_path: Path) -> None:
    """As under cruft update, which renders two versions of the template in one process."""
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(TEMPLATE / "stage7_plugin", tmp_path / "stage7_plugin", ignore=unwanted)
    shutil.copy(TEMPLATE / "template_extension.py", tmp_path)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", CHANGE_WHILE_RUNNING, str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stderr == ""
    assert done.returncode == 0
