"""The files of `integrations/`, as the tests read them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.support.template import TEMPLATE

INTEGRATIONS = TEMPLATE / "integrations"
WORKFLOW = INTEGRATIONS / "github" / "new-plugin.yml"
PIPELINE = INTEGRATIONS / "gitlab" / "new-plugin.gitlab-ci.yml"
BACKSTAGE = INTEGRATIONS / "backstage" / "template.yaml"


def load(path: Path) -> dict[Any, Any]:
    document = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def github_script(job: str) -> str:
    """What the one step of a job of the workflow runs."""
    (script,) = (step["run"] for step in load(WORKFLOW)["jobs"][job]["steps"] if "run" in step)
    assert isinstance(script, str)
    return script


def gitlab_script(job: str) -> str:
    """The last block of a job; what is before it installs programs."""
    script = load(PIPELINE)[job]["script"][-1]
    assert isinstance(script, str)
    return script


def run(shell: str, script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does."""
    folder.mkdir(exist_ok=True)
    options = ["-eo", "pipefail"] if shell == "bash" else ["-e"]
    return subprocess.run(
        [shell, *options, "-c", script],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def repository(folder: Path, environ: dict[str, str]) -> Path:
    """A repository that offers the form, cloned from one that can be pushed to."""
    script = (
        "git init --quiet --bare --initial-branch main origin.git && "
        "git -C origin.git config receive.advertisePushOptions true && "
        "git clone --quiet origin.git clone 2>&1 && cd clone && "
        "git -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m first && "
        "git push --quiet origin HEAD:main"
    )
    done = run("bash", script, folder, **environ)
    assert done.returncode == 0, done.stdout
    return folder / "clone"


def pushed(folder: Path, branch: str) -> list[str]:
    """The files of a branch."""
    command = ["git", "ls-tree", "-r", "--name-only", branch]
    return subprocess.check_output(command, cwd=folder, encoding="utf-8").splitlines()
