"""The action for GitHub and the component for GitLab that check plugins: their steps, run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.support.contract import MANIFEST, served
from tests.support.integration_files import INTEGRATIONS, load, run
from tests.support.linters import schema_complaints, shell_complaints

ACTION = INTEGRATIONS / "github" / "check" / "action.yml"
COMPONENT = INTEGRATIONS / "gitlab" / "check.gitlab-ci.yml"
QUICK = "--rule execute --examples 5"


def component() -> tuple[dict[str, Any], dict[str, Any]]:
    """The component's inputs and its one job."""
    header, jobs = yaml.safe_load_all(COMPONENT.read_text("utf-8"))
    return header["spec"]["inputs"], jobs["check-plugins"]


def test_the_linters_have_nothing_to_say(tmp_path: Path) -> None:
    assert schema_complaints("github-actions", ACTION) == ""
    (step,) = load(ACTION)["runs"]["steps"]
    assert shell_complaints([step["run"]], "bash", tmp_path) == ""
    assert "${{" not in step["run"]
    _, job = component()
    jobs = tmp_path / "jobs.yml"
    jobs.write_text(yaml.safe_dump({"check-plugins": {**job, "stage": "test"}}))
    assert schema_complaints("gitlab-ci", jobs) == ""
    assert shell_complaints(job["script"], "sh", tmp_path) == ""


def test_both_have_the_same_inputs() -> None:
    asked = load(ACTION)["inputs"]
    inputs, job = component()
    assert set(inputs) - set(asked) == {"stage", "suite"}
    assert all(inputs[name]["default"] == asked[name]["default"] for name in asked)
    for name in inputs:
        assert f"$[[ inputs.{name} ]]" in (job["stage"], *job["variables"].values())


def check_with_github(
    folder: Path, environ: dict[str, str], **inputs: str
) -> subprocess.CompletedProcess[str]:
    (step,) = load(ACTION)["runs"]["steps"]
    files = {name: str(folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    values = {name.upper(): value for name, value in inputs.items()}
    given = {"GITHUB_ACTION_PATH": str(ACTION.parent), **files, **values}
    return run("bash", step["run"], folder, **environ, **given)


def check_with_gitlab(
    folder: Path, environ: dict[str, str], **inputs: str
) -> subprocess.CompletedProcess[str]:
    given = {name.upper(): value for name, value in inputs.items()}
    return run("sh", component()[1]["script"][-1], folder, **environ, **given, SUITE="unused")


CHECK = {"github": check_with_github, "gitlab": check_with_gitlab}


@pytest.mark.parametrize("system", CHECK)
def test_the_step_checks_and_leaves_reports(
    tmp_path: Path, environ: dict[str, str], system: str
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(MANIFEST, work)
    reports = work / "stage7-plugin-check" if system == "github" else work
    with served("correct") as good, served("broken.knows_no_envelope") as bad:
        for targets, status, failures in ((good, 0, "0"), (f"{good}\n\n{bad}\n", 1, "1")):
            done = CHECK[system](work, environ, targets=targets, options=QUICK)
            assert done.returncode == status, done.stdout
            junit = ElementTree.parse(reports / "check.xml").getroot()
            last = junit if junit.tag == "testsuite" else junit.findall("testsuite")[-1]
            assert last.get("failures") == failures
            (scan,) = json.loads((reports / "check.sarif").read_text())["runs"]
            assert len(scan["results"]) == int(failures)
    assert "FAILED  execute.envelope" in done.stdout
    if system == "github":
        outputs = (work / "github_output").read_text().splitlines()
        assert f"sarif={reports}/check.sarif" in outputs
        assert "1 failed, 1 passed in " in (work / "github_step_summary").read_text()


@pytest.mark.parametrize("system", CHECK)
def test_targets_are_data(tmp_path: Path, environ: dict[str, str], system: str) -> None:
    work = tmp_path / "work"
    targets = "./$(touch pwned)`touch pwned`; touch pwned\n./--help *"
    done = CHECK[system](work, environ, targets=targets, options="--rule manifest")
    assert done.returncode == 2, done.stdout
    assert "'./$(touch pwned)`touch pwned`; touch pwned' is not a folder" in done.stdout
    assert "'./--help *' is not a folder" in done.stdout
    assert list(tmp_path.rglob("pwned")) == []
