"""The scripts in the GitHub workflows of a rendered plugin, run for real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.linters import needs_jq
from tests.support.template import isolated_environment
from tests.support.workflows import run_script, script, workflow
from tests.template.conftest import Bake

OPEN = "Open a pull request"


@pytest.fixture
def plugin(bake: Bake) -> Path:
    return bake(ci="github")


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
