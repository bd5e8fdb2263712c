"""The GitLab pipeline of a rendered plugin: linted, and its scripts run for real."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.linters import needs_jq, schema_complaints, shell_complaints
from tests.support.template import isolated_environment, render
from tests.template.conftest import Bake

JOBS = {
    "test",
    "changes",
    "contract",
    "vulnerabilities",
    "push",
    "template-changes",
    "template-update",
}

ONLY_IN: dict[str, set[str]] = {"python": set(), "typescript": {"start"}, "go": {"start"}}

# Stands for docker: it keeps what it is called with, and what is typed into it.
FAKE_DOCKER = '#!/bin/sh\necho "$@" >> "$CALLS"\n[ "$1" != login ] || { cat; echo; } >> "$CALLS"\n'


@pytest.fixture
def plugin(bake: Bake) -> Path:
    return bake(ci="gitlab")


@pytest.fixture(params=ONLY_IN)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def each(bake: Bake, language: str) -> Path:
    """A plugin of each language."""
    return bake(ci="gitlab", language=language)


def pipeline(plugin: Path) -> dict[str, Any]:
    document = yaml.safe_load((plugin / ".gitlab-ci.yml").read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def scripts(plugin: Path) -> dict[str, list[str]]:
    """Everything that each job runs, line by line."""
    document = pipeline(plugin)
    return {
        name: document.get(str(job.get("extends")), {}).get("before_script", []) + job["script"]
        for name, job in document.items()
        if isinstance(job, dict) and "script" in job
    }


def complaints(plugin: Path) -> str:
    found = schema_complaints("gitlab-ci", plugin / ".gitlab-ci.yml", transform="gitlab-ci")
    for lines in scripts(plugin).values():
        # busybox's sh knows pipefail, which GitLab sets; a variable of a job is not unset.
        found += shell_complaints(lines, "busybox", plugin)
    return found


def test_the_linters_have_nothing_to_say(each: Path, language: str) -> None:
    assert set(scripts(each)) == JOBS | ONLY_IN[language]
    assert complaints(each) == ""
    assert schema_complaints("renovate", each / "renovate.json") == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  stage: release", "  stages: release"),
        ("    - if: $CI_COMMIT_TAG", "    - when_tag: $CI_COMMIT_TAG"),
        ('login --username "$user"', "login --username $user"),
        ("      case ", "      switch "),
    ],
)
def test_the_linters_see_when_it_gets_worse(plugin: Path, old: str, new: str) -> None:
    path = plugin / ".gitlab-ci.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert complaints(plugin) != ""


def test_no_answer_is_in_it(plugin: Path, tmp_path: Path) -> None:
    other = render(
        tmp_path / "other", ci="gitlab", plugin_slug="word-count", version="7.8.9", license="MIT"
    )
    for name in (".gitlab-ci.yml", "renovate.json"):
        assert (plugin / name).read_bytes() == (other / name).read_bytes()


# What finds those that a scanner of images does not know, by language.
VULNERABILITIES = {
    "python": [],
    "typescript": ["npm audit --audit-level=high"],
    "go": ["go run golang.org/x/vuln/cmd/govulncheck@v1.8.0 ./..."],
}


def test_everything_is_checked_before_an_image_is_pushed(each: Path, language: str) -> None:
    document = pipeline(each)
    assert document["stages"] == ["check", "release"]
    for job, target in {
        "test": "make test",
        "changes": "make changes",
        "contract": "make contract OPTIONS=--optional",
    }.items():
        assert document[job]["script"][0] == target
        assert document[job]["stage"] == "check"
        assert "rules" not in document[job], "it runs in every pipeline"
    assert document["test"]["script"][1:] == VULNERABILITIES[language]
    scanned = document["vulnerabilities"]
    assert (scanned["stage"], scanned.get("rules")) == ("check", None)
    assert scanned["script"][-1].endswith("--only-fixed --fail-on high < sbom.cdx.json")
    if language == "python":  # the tests build the image, too
        assert document["test"]["variables"]["REQUIRE_ENGINE"] == "1"
    else:
        assert document["start"]["script"] == ["make up", "make down"]
    assert document["push"]["stage"] == "release"


@pytest.mark.parametrize("name", ["SYFT_IMAGE", "GRYPE_IMAGE", "BINFMT_IMAGE"])
def test_images_that_scripts_run_are_pinned(each: Path, name: str) -> None:
    image = pipeline(each)["variables"][name]
    _, _, digest = image.partition("@sha256:")
    assert len(digest) == 64
    used = [line for lines in scripts(each).values() for line in lines if f'"${name}"' in line]
    assert len(used) == 1


def release(plugin: Path, tmp_path: Path, **environ: str) -> tuple[int, str, str]:
    """Run the first step of a release: status, standard error, and how docker was called."""
    fake = tmp_path / "bin" / "docker"
    fake.parent.mkdir(exist_ok=True)
    fake.write_text(FAKE_DOCKER)
    fake.chmod(0o755)
    calls = tmp_path / "calls"
    calls.write_text("")
    path = os.pathsep.join((str(fake.parent), os.environ["PATH"]))
    done = subprocess.run(
        ["sh", "-eu", "-c", pipeline(plugin)["push"]["script"][0]],
        cwd=plugin,
        env={"PATH": path, "CALLS": str(calls), **environ},
        capture_output=True,
        encoding="utf-8",
    )
    return done.returncode, done.stderr, calls.read_text()


OWN = {
    "CI_REGISTRY": "registry.gitlab.com",
    "CI_REGISTRY_USER": "ci",
    "CI_REGISTRY_PASSWORD": "ci-word",
}
GIVEN = {"REGISTRY_USER": "ada", "REGISTRY_PASSWORD": "ada's word"}


@needs_jq
@pytest.mark.parametrize(
    ("namespace", "environ", "login"),
    [
        ("registry.gitlab.com/a", OWN, "login --username ci --password-stdin registry.gitlab.com"),
        ("stage7", OWN | GIVEN, "login --username ada --password-stdin docker.io"),
        ("host:5000/a/b", GIVEN, "login --username ada --password-stdin host:5000"),
    ],
)
def test_a_release_logs_in_where_the_manifest_says(
    bake: Bake, tmp_path: Path, namespace: str, environ: dict[str, str], login: str
) -> None:
    plugin = bake(ci="gitlab", image_namespace=namespace)
    status, errors, calls = release(plugin, tmp_path, CI_COMMIT_TAG="v1.0.0", **environ)
    assert status == 0, errors
    word = environ.get("REGISTRY_PASSWORD", "ci-word")
    assert calls.splitlines() == [login, word]


@needs_jq
def test_a_release_names_what_is_missing(bake: Bake, tmp_path: Path) -> None:
    plugin = bake(ci="gitlab")
    status, errors, calls = release(plugin, tmp_path, CI_COMMIT_TAG="v1.0.0", **OWN)
    assert status != 0
    assert "REGISTRY_USER: a user of docker.io" in errors
    assert calls == ""


@needs_jq
def test_a_tag_of_another_version_is_refused(plugin: Path, tmp_path: Path) -> None:
    status, errors, _ = release(plugin, tmp_path, CI_COMMIT_TAG="v1.2.0", **OWN)
    assert status == 1
    assert "The tag is v1.2.0, but manifest.json says version 1.0.0: tag v1.0.0" in errors


def test_what_runs_the_template_sees_no_token(plugin: Path) -> None:
    document = pipeline(plugin)
    tokens = [name for name, lines in scripts(plugin).items() if "_UPDATE_TOKEN" in str(lines)]
    assert tokens == ["template-update"]
    script = "\n".join(document["template-update"]["script"])
    assert not re.search(r"^\s*make ", script, re.MULTILINE)
    assert document["template-update"]["environment"] == "template-update"
    assert document["template-update"]["variables"] == {"GIT_STRATEGY": "clone"}
    assert "environment" not in document["template-changes"]
    assert document["template-changes"]["variables"]["GIT_DEPTH"] == "0", "make update needs it"


def test_an_update_of_the_template_becomes_a_merge_request(plugin: Path, tmp_path: Path) -> None:
    environ = isolated_environment(tmp_path / "home") | {
        "CI_SERVER_HOST": "host",
        "CI_PROJECT_PATH": "org/plugin",
        "TEMPLATE_UPDATE_TOKEN": "word",
    }

    def run(text: str) -> None:
        subprocess.run(["sh", "-ec", text], cwd=plugin, env=environ, check=True)

    run(
        "git init --quiet --bare ../plugin.git; git init --quiet; "
        "git -C ../plugin.git config receive.advertisePushOptions true; git add --all; "
        "git -c user.name=a -c user.email=a@b commit --quiet -m first; "
        f"git config --global url.{plugin.parent}/plugin.git.insteadOf "
        "https://template-update:word@host/org/plugin.git"
    )
    collect = "; ".join(scripts(plugin)["template-changes"][2:])
    (publish,) = scripts(plugin)["template-update"]
    run(f"{collect}; git reset --quiet")
    assert (plugin / "update.patch").read_text() == ""
    run(publish)
    (plugin / "server.py").write_text("# update\n")
    (plugin / "new.bin").write_bytes(bytes(range(256)))
    (plugin / "update.patch").unlink()
    run(f"{collect}; git reset --quiet --hard")
    run(publish)
    git = ["git", "-C", str(plugin.parent / "plugin.git"), "show"]
    assert subprocess.check_output([*git, "template-update:server.py"]) == b"# update\n"
    assert subprocess.check_output([*git, "template-update:new.bin"]) == bytes(range(256))
