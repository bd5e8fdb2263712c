"""docs/guides/two-hundred-plugins.md is true: its commands run, in its order, with its files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.support.batch import batch, environment, plugins_in
from tests.support.linters import schema_complaints, shell_complaints, workflow_complaints
from tests.support.template import TEMPLATE

DOCS = (TEMPLATE / "docs" / "guides" / "two-hundred-plugins.md").read_text("utf-8")

pytestmark = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("jq"), reason="needs jq and a POSIX shell"
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as it is pasted, with this package as the command stage7-plugin."""
    command = folder.parent / "bin" / "stage7-plugin"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m stage7_plugin "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**environment(folder.parent), "PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def git(folder: Path, *arguments: str) -> str:
    done = shell(folder, f"git {' '.join(arguments)}")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A repository that has lived through the guide, and what each of its scripts printed."""
    folder = tmp_path_factory.mktemp("year") / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.com")
    (folder / "plugins.csv").write_text("\ufeff" + blocks("csv")[0], "utf-8")
    (folder / "defaults.yaml").write_text(blocks("yaml")[0], "utf-8")
    printed = []
    for script in blocks("bash"):
        done = shell(folder, script)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
        if script.startswith("stage7-plugin list"):
            # What the authors do in between, in two plugins.
            for name in ("web-page-reader", "feed-reader"):
                lock = folder / "plugins" / name / "requirements.txt"
                lock.write_text("requests==2.31.0 \\\n    --hash=sha256:00\n")
            git(folder, "commit", "--quiet", "--all", "--message", "Lock")
    return folder, printed


def test_every_script_succeeds_and_the_repository_is_clean(year: tuple[Path, list[str]]) -> None:
    folder, _ = year
    assert git(folder, "status", "--porcelain") == ""
    assert plugins_in(folder / "plugins") == [
        "calendar-gaps", "feed-reader", "invoice-fields", "rechnungspruefer", "web-page-reader"
    ]  # fmt: skip


def test_what_the_guide_says_is_printed(year: tuple[Path, list[str]]) -> None:
    _, printed = year
    asked = next(text for text in printed if "together" in text)
    assert blocks("text")[0].strip() in asked
    tags = next(text for text in printed if "/v1.0." in text and "together" not in text)
    assert tags.splitlines() == [
        "feed-reader/v1.0.1", "invoice-fields/v1.0.0", "rechnungspruefer/v1.0.0",
        "text-cleaner/v1.0.0", "web-page-reader/v1.0.1",
    ]  # fmt: skip
    rows = printed[-1].partition("folder  ")[2].splitlines()[1:6]
    assert {row.split()[0]: row.split()[1:] for row in rows} == {
        "invoice-fields": ["@acme/finance", "20000"],
        "rechnungspruefer": ["@acme/finance", "20001"],
        "web-page-reader": ["@acme/web", "20002"],
        "feed-reader": ["@acme/news", "20003"],
        "calendar-gaps": ["@acme/office", "20004"],
    }


def test_the_questions_of_jq_and_of_list_have_one_answer(year: tuple[Path, list[str]]) -> None:
    folder, _ = year
    (questions,) = (script for script in blocks("bash") if "def v:" in script)
    below = questions[questions.index("jq -r 'def v") :]
    old = shell(folder, below).stdout.split()
    listed = shell(folder, "stage7-plugin list plugins --where 'packages.requests<2.32' --json")
    assert old == [one["folder"] for one in json.loads(listed.stdout)["plugins"]]
    assert sorted(old) == ["feed-reader", "web-page-reader"]


def test_released_plugins_and_no_other_have_the_note(year: tuple[Path, list[str]]) -> None:
    folder, _ = year
    note = "- requests 2.32, which does not send credentials to another host"
    changed = {
        path.parent.name
        for path in folder.glob("plugins/*/CHANGELOG.md")
        if note in path.read_text("utf-8")
    }
    assert changed == {"web-page-reader", "feed-reader"}


def test_owners_are_those_of_the_rows(year: tuple[Path, list[str]]) -> None:
    folder, _ = year
    lines = (folder / ".github" / "CODEOWNERS").read_text("utf-8").splitlines()
    assert "/plugins/web-page-reader/ @acme/web" in lines
    assert "/plugins/feed-reader/ @acme/news" in (folder / "plugins" / "codeowners.txt").read_text()


def workflow() -> str:
    (text,) = (block for block in blocks("yaml") if "runs-on" in block)
    return text


def test_the_workflow_lints(tmp_path: Path) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "plugins.yml").write_text(workflow())
    assert workflow_complaints(tmp_path) == ""


def test_the_workflow_takes_the_python_of_the_image(tmp_path: Path) -> None:
    """Also where the Dockerfile has two stages: the output is one line."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM python:3.14-slim AS wheels\nFROM python:3.14-slim\n")
    steps = yaml.safe_load(workflow())["jobs"]["test"]["steps"]
    (script,) = (step["run"] for step in steps if step.get("id") == "image")
    assert shell(folder, script, GITHUB_OUTPUT=str(tmp_path / "output")).returncode == 0
    assert (tmp_path / "output").read_text() == "python=3.14\n"


def on_github(folder: Path, base: str) -> list[str]:
    """The plugins that the workflow tests, as its script finds them."""
    steps = yaml.safe_load(workflow())["jobs"]["changed"]["steps"]
    (script,) = (step["run"] for step in steps if "run" in step)
    output = folder.parent / "output"
    output.write_text("")
    done = shell(folder, script, BASE=base, GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    name, _, value = output.read_text().strip().partition("=")
    assert name == "plugins"
    found = json.loads(value)
    assert isinstance(found, list)
    return found


def pipeline() -> str:
    (text,) = (block for block in blocks("yaml") if "trigger:" in block)
    return text


def on_gitlab(folder: Path, base: str) -> list[str]:
    """The same of the child pipeline, which must be one that GitLab accepts."""
    (script,) = yaml.safe_load(pipeline())["changed"]["script"]
    done = shell(folder, f"set -eu\n{script}", CI_COMMIT_BEFORE_SHA=base)
    assert done.returncode == 0, done.stderr
    child = folder.parent / "child" / ".gitlab-ci.yml"
    child.parent.mkdir(exist_ok=True)
    (folder / "child.yml").rename(child)
    assert schema_complaints("gitlab-ci", child, transform="gitlab-ci") == ""
    jobs = yaml.safe_load(child.read_text())
    assert shell_complaints(jobs[".plugin"]["script"], "busybox", child.parent) == ""
    named = {name: job["variables"]["PLUGIN"] for name, job in jobs.items() if "extends" in job}
    assert list(named) == [f"test {slug}" for slug in named.values()]
    assert set(jobs) == {".plugin", "what has changed", *named}
    return list(named.values())


def test_the_gitlab_pipeline_lints(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(pipeline())
    assert schema_complaints("gitlab-ci", tmp_path / ".gitlab-ci.yml", transform="gitlab-ci") == ""
    script = yaml.safe_load(pipeline())["changed"]["script"]
    assert shell_complaints(script, "busybox", tmp_path) == ""


@pytest.mark.parametrize("changed", [on_github, on_gitlab])
def test_the_pipelines_test_what_has_changed(
    year: tuple[Path, list[str]], changed: Callable[[Path, str], list[str]]
) -> None:
    folder, _ = year
    start = git(folder, "rev-parse", "HEAD").strip()
    assert changed(folder, start) == []
    (folder / "plugins" / "feed-reader" / "plugin_logic.py").write_text("# mine\n")
    (folder / "README.md").write_text("A fleet\n")
    git(folder, "rm", "-r", "--quiet", "plugins/invoice-fields")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Work")
    assert changed(folder, start) == ["feed-reader"], "one that is removed has no tests"
    everything = ["calendar-gaps", "feed-reader", "rechnungspruefer", "web-page-reader"]
    assert changed(folder, "0" * 40) == everything
    git(folder, "reset", "--quiet", "--hard", start)


def test_the_example_fleet_lives_the_same_year(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATE / "examples" / "fleet", tmp_path / "fleet")
    shutil.copy(TEMPLATE / "examples" / "fleet.yaml", tmp_path / "fleet.yaml")
    assert batch(tmp_path, "fleet.yaml").status == 0
    for options, said in (
        ((), "14 unchanged"),
        (("--release", "minor", "--only", "ticket-classifier"), "1 released"),
        (("--release", "patch", "--note", "A newer template"), "14 released"),
        (("--update",), "14 unchanged"),
    ):
        result = batch(tmp_path, "fleet.yaml", *options)
        assert (result.status, said in result.output) == (0, True), result.output
    listed = shell(tmp_path, "stage7-plugin list out --where 'owner = @example/support' --json")
    (plugin,) = json.loads(listed.stdout)["plugins"]
    assert (plugin["folder"], plugin["version"], plugin["locked"]) == (
        "ticket-classifier", "1.1.1", True
    )  # fmt: skip
    stubs = shell(tmp_path, "stage7-plugin list out --where stub").stdout.splitlines()
    assert stubs[-1].startswith("11 of 14 plugins; together ")
