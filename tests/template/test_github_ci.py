"""The GitHub workflows of a rendered plugin: linted, pinned, and what each job may and does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.linters import schema_complaints, workflow_complaints
from tests.support.template import TEMPLATE, render
from tests.support.workflows import workflow
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
