"""The GitHub workflows of a rendered plugin: linted, pinned, and their scripts run for real."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.linters import needs_jq, schema_complaints, workflow_complaints
from tests.support.template import TEMPLATE, isolated_environment, render
from tests.template.conftest import Bake

LANGUAGES = ("python", "typescript", "go")
PERMISSIONS = {
    "ci.yml": {name: {"contents"} for name in ("test", "changes", "contract", "vulnerabilities")},
    "release.yml": {"check": {"contents"}, "push": {"contents", "packages", "id-token"}},
    "template-update.yml": {
        "update": {"contents"},
        "pull-request": {"contents", "pull-requests"},
    },
}
PINNED = re.compile(r"uses: (?:\$/|(?P<action>[\w/-]+)@(?P<commit>[0-9a-f]{40}) # v\d+\.\d+\.\d+$)")


@pytest.fixture
def plugin(bake: Bake) -> Path:
    return bake(ci="github")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def each(language: str, bake: Bake) -> Path:
    """A plugin of each language."""
    return bake(ci="github", language=language)


def workflow(plugin: Path, name: str) -> dict[Any, Any]:
    document = yaml.safe_load((plugin / ".github" / "workflows" / name).read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def script(plugin: Path, name: str, job: str, step: str) -> str:
    """What a step of a workflow runs."""
    steps = workflow(plugin, name)["jobs"][job]["steps"]
    (found,) = (entry["run"] for entry in steps if entry.get("name") == step)
    assert isinstance(found, str)
    return found


def run_script(plugin: Path, text: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=plugin,
        env={**os.environ, **environ},
        capture_output=True,
        encoding="utf-8",
    )


def test_the_linters_have_nothing_to_say(each: Path) -> None:
    assert workflow_complaints(each) == ""
    assert schema_complaints("dependabot", each / ".github" / "dependabot.yml") == ""


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("ci.yml", "          persist-credentials: false\n", "          fetch-depth: 1\n"),
        ("ci.yml", "steps.image.outputs", "steps.images.outputs"),
        ("ci.yml", "timeout-minutes: 20", "timeout: 20"),
        ("ci.yml", "make contract", "make ${{ github.head_ref }}"),
        ("release.yml", "@dbcb813823bdd20940b903addbd779551569679f # v4.6.0", "@v4"),
        ("release.yml", '"$IMAGE"\n', "$IMAGE\n"),
    ],
)
def test_the_linters_see_when_a_workflow_gets_worse(
    plugin: Path, name: str, old: str, new: str
) -> None:
    path = plugin / ".github" / "workflows" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert workflow_complaints(plugin) != ""


def test_each_job_has_the_rights_that_it_needs(each: Path) -> None:
    names = {path.name for path in (each / ".github" / "workflows").iterdir()}
    assert names == set(PERMISSIONS)
    for name, jobs in PERMISSIONS.items():
        document = workflow(each, name)
        assert document["permissions"] == {}
        assert {job: set(value["permissions"]) for job, value in document["jobs"].items()} == jobs


def test_actions_are_pinned_to_the_same_commits_everywhere(each: Path) -> None:
    folders = [each / ".github", TEMPLATE / ".github", TEMPLATE / "integrations"]
    files = [path for folder in folders for path in folder.rglob("*.y*ml")]
    seen: dict[str, set[str]] = {}
    for path in files:
        for line in path.read_text("utf-8").splitlines():
            if re.match(r"\s*(- )?uses: ", line):
                match = PINNED.search(line)
                assert match, f"{path.name}: {line.strip()}"
                seen.setdefault(match["action"], set()).add(line.partition("uses: ")[2])
    seen.pop("", None)
    assert len(seen) > 5
    assert {action: uses for action, uses in seen.items() if action and len(uses) > 1} == {}


def test_no_answer_is_in_them(plugin: Path, tmp_path: Path) -> None:
    other = render(
        tmp_path / "other",
        ci="github",
        plugin_slug="word-count",
        version="7.8.9",
        image_namespace="registry.example:5000/a",
        python_version="3.14",
        license="Proprietary",
    )
    for path in (plugin / ".github").rglob("*.yml"):
        assert path.read_bytes() == (other / path.relative_to(plugin)).read_bytes()


# What finds those that a scanner of images does not know, by language.
VULNERABILITIES = {
    "python": set(),
    "typescript": {"npm audit --audit-level=high"},
    "go": {"go run golang.org/x/vuln/cmd/govulncheck@v1.8.0 ./..."},
}


def test_everything_is_checked_before_an_image_is_pushed(each: Path, language: str) -> None:
    runs = [
        step.get("run")
        for job in workflow(each, "ci.yml")["jobs"].values()
        for step in job["steps"]
    ]
    assert "make test" in runs
    assert "make changes" in runs
    assert "make contract OPTIONS=--optional" in runs
    assert VULNERABILITIES[language] <= set(runs)
    scan = workflow(each, "ci.yml")["jobs"]["vulnerabilities"]["steps"]
    used = [step["uses"].partition("@")[0] for step in scan if "uses" in step]
    assert used[-2:] == ["anchore/sbom-action", "anchore/scan-action"]
    # An SBOM that is not the one that was scanned, or a scan that finds nothing severe enough.
    assert scan[-2]["with"]["image"] == "${{ steps.manifest.outputs.image }}"
    limits = {"sbom": "sbom.cdx.json", "severity-cutoff": "high", "only-fixed": True}
    assert limits.items() <= scan[-1]["with"].items()
    assert any("make up\n" in (run or "") for run in runs) == (language != "python")
    of_python = {"REQUIRE_ENGINE": "1"}  # for the tests that build its image
    wanted = of_python if language == "python" else None
    assert workflow(each, "ci.yml")["jobs"]["test"].get("env") == wanted
    release = workflow(each, "release.yml")["jobs"]
    assert release["check"]["uses"] == "$/.github/workflows/ci.yml"
    assert release["push"]["needs"] == "check"


RUNS_OWN_CODE = ("make test", "make changes", "make contract", "make update", "make up")


@pytest.mark.parametrize(
    ("language", "action", "also"),
    # What a runner brings may be too old; for TypeScript it suffices to read manifest.json.
    [("typescript", "setup-node", ()), ("go", "setup-go", ("make build",))],
)
def test_every_job_that_runs_its_language_installs_it(
    bake: Bake, language: str, action: str, also: tuple[str, ...]
) -> None:
    plugin = bake(ci="github", language=language)
    found = 0
    for name in ("ci.yml", "template-update.yml"):
        for job in workflow(plugin, name)["jobs"].values():
            runs = [step.get("run", "").startswith(RUNS_OWN_CODE + also) for step in job["steps"]]
            installs = [action in step.get("uses", "") for step in job["steps"]]
            if any(runs):
                assert any(installs), (name, job["name"])
                assert installs.index(True) < runs.index(True)
                found += 1
    assert found == 4 + len(also)


@pytest.mark.parametrize(
    "line",
    [
        "python:3.14-slim",
        f"python:3.14-slim@sha256:{'0' * 64}",
        "python:3.14-slim AS wheels\nRUN true\nFROM python:3.14-slim",
    ],
)
def test_it_tests_with_the_python_of_the_image(plugin: Path, tmp_path: Path, line: str) -> None:
    dockerfile = plugin / "Dockerfile"
    text = dockerfile.read_text("utf-8")
    dockerfile.write_text(text.replace("python:3.11-slim", line), "utf-8")
    output = tmp_path / "output"
    text = script(plugin, "ci.yml", "test", "Find the Python version of the image")
    done = run_script(plugin, text, GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    assert output.read_text() == "python=3.14\n"


@needs_jq
@pytest.mark.parametrize(
    ("namespace", "registry"),
    [
        ("stage7", "docker.io"),
        ("ghcr.io/org", "ghcr.io"),
        ("registry.example:5000/a/b", "registry.example:5000"),
        ("localhost/a", "localhost"),
    ],
)
def test_a_release_reads_the_manifest(
    bake: Bake, tmp_path: Path, namespace: str, registry: str
) -> None:
    plugin = bake(ci="github", version="1.2.0", image_namespace=namespace)
    output = tmp_path / "output"
    text = script(plugin, "release.yml", "push", "Read manifest.json").replace(
        "git log -1 --format=%ct", "echo 1700000000"
    )
    done = run_script(plugin, text, TAG="v1.2.0", GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    assert dict(line.split("=", 1) for line in output.read_text().splitlines()) == {
        "id": "text-echo",
        "version": "1.2.0",
        "image": f"{namespace}/text-echo:1.2.0",
        "repository": f"{namespace}/text-echo",
        "registry": registry,
        "epoch": "1700000000",
    }


@needs_jq
def test_a_tag_of_another_version_is_refused(plugin: Path, tmp_path: Path) -> None:
    text = script(plugin, "release.yml", "push", "Read manifest.json")
    done = run_script(plugin, text, TAG="v1.2.0", GITHUB_OUTPUT=str(tmp_path / "output"))
    assert done.returncode == 1
    assert "The tag is v1.2.0, but the version is 1.0.0: tag v1.0.0" in done.stdout


def test_what_runs_the_template_sees_no_token(plugin: Path) -> None:
    document = workflow(plugin, "template-update.yml")["jobs"]
    assert document["update"]["permissions"] == {"contents": "read"}
    assert document["update"]["steps"][0]["with"]["fetch-depth"] == 0, "make update needs it"
    assert "secrets" not in str(document["update"])
    assert "environment" not in document["update"]
    assert document["pull-request"]["environment"] == "template-update"
    assert "make update\n" not in script(plugin, "template-update.yml", "pull-request", OPEN)


OPEN = "Open a pull request"


def test_an_update_of_the_template_becomes_a_pull_request(plugin: Path, tmp_path: Path) -> None:
    fake = tmp_path / "bin" / "gh"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho "$1 $2" >> "$CALLS"\n[ "$2" != list ] || echo "$OPEN"\n')
    fake.chmod(0o755)
    environ = {
        **isolated_environment(tmp_path / "home"),
        "PATH": os.pathsep.join((str(fake.parent), os.environ["PATH"])),
        "CALLS": str(tmp_path / "calls"),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    setup = (
        "git init --quiet --bare ../origin.git; git init --quiet; git add --all; "
        "git -c user.name=a -c user.email=a@b commit --quiet -m first; "
        "git remote add origin ../origin.git"
    )
    assert run_script(plugin, setup, **environ).returncode == 0
    collect = script(plugin, "template-update.yml", "update", "Collect the changes")
    text = script(plugin, "template-update.yml", "pull-request", OPEN)
    unchanged = run_script(plugin, collect, **environ)
    assert unchanged.returncode == 0, unchanged.stderr
    assert "::notice::" in unchanged.stdout
    assert not (tmp_path / "output").exists()

    for number, (opened, calls) in enumerate([("0", ["pr list", "pr create"]), ("1", ["pr list"])]):
        (tmp_path / "calls").unlink(missing_ok=True)
        clean = "git switch --quiet --detach HEAD^; git branch -D template-update"
        assert number == 0 or run_script(plugin, clean, **environ).returncode == 0
        (plugin / "server.py").write_text(f"# update {number}\n", "utf-8")
        (plugin / "new.bin").write_bytes(bytes(range(256)))
        assert run_script(plugin, f"{collect}\ngit reset --hard", **environ).returncode == 0
        assert (tmp_path / "output").read_text().endswith("changed=true\n")
        done = run_script(plugin, text, **environ, OPEN=opened)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "calls").read_text().splitlines() == ["auth setup-git", *calls]
        show = "git -C ../origin.git show template-update:server.py"
        assert run_script(plugin, show).stdout == f"# update {number}\n"


def test_an_update_cannot_bring_a_hook_along(plugin: Path, tmp_path: Path) -> None:
    run_script(plugin, "git init --quiet; git add --all")
    (tmp_path / "update.patch").write_text(
        "diff --git a/.git/hooks/pre-commit b/.git/hooks/pre-commit\nnew file mode 100755\n"
        "--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+#!/bin/sh\n"
    )
    text = script(plugin, "template-update.yml", "pull-request", OPEN)
    done = run_script(plugin, text, RUNNER_TEMP=str(tmp_path))
    assert done.returncode != 0
    assert "invalid path" in done.stderr
    assert not (plugin / ".git" / "hooks" / "pre-commit").exists()
