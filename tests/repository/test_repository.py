"""This repository itself: workflows, forms, file names, and the example that people look at."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import yaml

from stage7_plugin import __version__
from stage7_plugin.spec.languages import LANGUAGES
from tests.conftest import LONGEST, NOT_ON_PYTHON_3_10, NOT_ON_WINDOWS, SLOW
from tests.support.linters import schema_complaints, workflow_complaints
from tests.support.template import TEMPLATE
from tools.render_example import FOLDER, render_examples

GITHUB = TEMPLATE / ".github"


def tracked() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    return subprocess.check_output(command, cwd=TEMPLATE, encoding="utf-8").split("\0")[:-1]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder that git would keep."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_linters_have_nothing_to_say(tmp_path: Path) -> None:
    shutil.copytree(GITHUB, tmp_path / ".github")
    assert workflow_complaints(tmp_path) == ""
    assert schema_complaints("dependabot", GITHUB / "dependabot.yml") == ""
    forms = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
    assert len(forms) == 2
    assert schema_complaints("github-issue-forms", *forms) == ""
    config = GITHUB / "ISSUE_TEMPLATE" / "config.yml"
    assert schema_complaints("github-issue-config", config) == ""


def test_ci_runs_what_the_project_runs() -> None:
    jobs = yaml.safe_load((GITHUB / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]
    assert ".ci/run" in [step.get("run") for step in jobs["everything"]["steps"]]
    matrix = jobs["versions"]["strategy"]["matrix"]
    project = (TEMPLATE / "pyproject.toml").read_text("utf-8")
    oldest_python = re.search(r'requires-python = ">=([\d.]+)"', project)
    oldest_cookiecutter = re.search(r'"cookiecutter>=([\d.]+)"', project)
    assert oldest_python
    assert oldest_cookiecutter
    assert matrix["python"][0] == oldest_python[1]
    installs = [step.get("run", "") for step in jobs["versions"]["steps"]]
    wanted = f"cookiecutter=={oldest_cookiecutter[1]}."
    assert any(wanted in f"{run}." for run in installs)
    systems = {entry["os"].partition("-")[0] for entry in matrix["include"]}
    assert systems == {"ubuntu", "macos", "windows"}
    for system in ("macos", "windows"):
        tested = {row["python"] for row in matrix["include"] if row["os"].startswith(system)}
        assert tested == {matrix["python"][0], matrix["python"][-1]}
    minors = [int(python.removeprefix("3.")) for python in matrix["python"]]
    assert minors == [*range(minors[0], minors[-1] + 1)], "a version between is left out"
    used = {entry["cookiecutter"] for entry in matrix["include"]} | set(matrix["cookiecutter"])
    assert used == {"pinned", "oldest", "newest"}
    conditions = "".join(step.get("if", "") for step in jobs["versions"]["steps"])
    assert all(f"== '{one}'" in conditions for one in used - {"pinned"})
    assert 'python -m pytest -m "not engine"' in installs


def test_ci_checks_every_rule_in_every_language() -> None:
    jobs = yaml.safe_load((GITHUB / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]
    assert jobs["languages"]["strategy"]["matrix"] == {"language": [*LANGUAGES]}
    ran = [step.get("run", "") for step in jobs["languages"]["steps"]]
    assert any('language="$LANGUAGE"' in run and "build_image=required" in run for run in ran)
    assert "python -m stage7_plugin check made" in ran


def test_the_lists_of_tests_name_tests() -> None:
    """A name that is none would leave nothing out, and say nothing."""
    for listed in (SLOW, LONGEST, NOT_ON_WINDOWS, NOT_ON_PYTHON_3_10):
        assert [name for name in listed if not (TEMPLATE / "tests" / name).exists()] == []


def test_a_release_is_refused_where_the_changelog_is_not_ready(tmp_path: Path) -> None:
    steps = yaml.safe_load((GITHUB / "workflows" / "release.yml").read_text("utf-8"))["jobs"][
        "wheel"
    ]["steps"]
    (script,) = (step["run"] for step in steps if step.get("name", "").startswith("Compare"))
    (tmp_path / "stage7_plugin").mkdir()
    shutil.copy(TEMPLATE / "stage7_plugin" / "__init__.py", tmp_path / "stage7_plugin")
    for tag, changelog, message in (
        ("v0.0.9", f"## {__version__}\n", f"tag v{__version__}"),
        (f"v{__version__}", "## Unreleased\n", f"no section '## {__version__}'"),
        (f"v{__version__}", f"## {__version__} - 2026-11-22\n", ""),
    ):
        (tmp_path / "CHANGELOG.md").write_text(changelog, "utf-8")
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=tmp_path,
            env={"TAG": tag, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == (1 if message else 0), done.stderr
        assert message in done.stdout


def test_every_file_can_be_checked_out_on_windows() -> None:
    devices = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
    names = tracked()
    for name in names:
        assert len(name) < 180, name
        for part in PurePosixPath(name).parts:
            assert not re.search(r'[<>:"\\|?*\x00-\x1f]', part), name
            assert not part.endswith((".", " ")), name
            assert part.split(".")[0].lower() not in devices, name
    folded = [name.casefold() for name in names]
    assert len(set(folded)) == len(folded), "names that differ in case only"


def test_the_rendered_examples_are_what_the_template_renders(tmp_path: Path) -> None:
    for project in render_examples(tmp_path):
        rendered, kept = files(project), files(FOLDER / project.name)
        different = sorted(
            name for name in rendered.keys() | kept if rendered.get(name) != kept.get(name)
        )
        if different:
            pytest.fail(f"make example, and commit examples/rendered: {', '.join(different)}")


def test_no_test_imports_another_test() -> None:
    """What several tests need is in tests/support, or next to them in a module of its own."""
    importing = re.compile(r"^\s*(?:from|import) tests\.[\w.]*\btest_", re.MULTILINE)
    found = [
        path.relative_to(TEMPLATE).as_posix()
        for path in (TEMPLATE / "tests").rglob("*.py")
        if importing.search(path.read_text("utf-8"))
    ]
    assert found == []
