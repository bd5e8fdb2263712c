"""The job that holds the token trusts nothing that the rendering job hands on."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.integration_files import github_script, gitlab_script, pushed, repository, run
from tests.support.linters import needs_jq

pytestmark = needs_jq


def hostile_artifact(path: Path, trace: Path, slug: str = "quotes") -> None:
    """What a render step that has been taken over could hand on: hooks at every place."""
    hook = f"#!/bin/sh\ntouch {trace}\n".encode()
    config = f'[core]\nfsmonitor = "touch {trace}"\nhooksPath = hooks\n'.encode()
    with tarfile.open(path, "w:gz") as archive:
        for folder in (f"{slug}/.git", ".git", f"{slug}/deep/.git", "../.git"):
            for name in ("pre-commit", "post-checkout", "pre-push", "reference-transaction"):
                _add(archive, f"{folder}/hooks/{name}", hook, 0o755)
            _add(archive, f"{folder}/config", config)
            _add(archive, f"{folder}/HEAD", b"ref: refs/heads/main\n")
        _add(archive, f"{slug}/manifest.json", b"{}")
        _add(archive, "other/manifest.json", b"{}")


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize("job", ["pull-request", "repository", "merge-request", "project"])
def test_hooks_of_an_artifact_never_run(tmp_path: Path, environ: dict[str, str], job: str) -> None:
    """In the job that holds the token."""
    clone = repository(tmp_path / "server", environ)
    trace = tmp_path / "pwned"
    given = {
        **environ, "SLUG": "quotes", "FOLDER": "plugins", "GH_TOKEN": "word",
        "GITHUB_REPOSITORY_OWNER": "org", "RUNNER_TEMP": str(tmp_path), "PLUGIN_TARGET": job,
        "NEW_PLUGIN_TOKEN": "word", "CI_SERVER_HOST": "host", "CI_PROJECT_NAMESPACE": "org",
        "CI_PROJECT_PATH": "org/origin",
    }  # fmt: skip
    origin = tmp_path / "server" / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", origin.with_name("quotes.git")], check=True)
    instead = (f"url.{tmp_path}/server/.insteadOf", "https://new-plugin:word@host/org/")
    subprocess.run(["git", "config", "--global", *instead], env=environ, check=True)
    if job in ("pull-request", "repository"):
        hostile_artifact(tmp_path / "plugin.tar.gz", trace)
        where = clone if job == "pull-request" else tmp_path / "empty"
        done = run("bash", github_script(job), where, **given)
        found, branch = (origin, "new-plugin/quotes") if job == "pull-request" else (
            where / "quotes", "main")  # fmt: skip
    else:
        hostile_artifact(clone / "plugin.tar.gz", trace)
        done = run("sh", gitlab_script("publish-plugin"), clone, **given)
        found, branch = (origin, "new-plugin/quotes") if job == "merge-request" else (
            origin.with_name("quotes.git"), "main")  # fmt: skip
    assert not trace.exists(), done.stdout
    assert done.returncode == 0, done.stdout
    files = pushed(found, branch)
    assert [name for name in files if "hooks" in name or "other" in name] == []
    assert [name.rpartition("/")[2] for name in files] == ["manifest.json"]


@pytest.mark.parametrize("slug", ["..", "-x", "a/b", ".git", "A", "a b"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, environ: dict[str, str], slug: str) -> None:
    clone = repository(tmp_path / "server", environ)
    hostile_artifact(tmp_path / "plugin.tar.gz", tmp_path / "pwned", slug)
    hostile_artifact(clone / "plugin.tar.gz", tmp_path / "pwned", slug)
    given = {**environ, "SLUG": slug, "FOLDER": "plugins", "RUNNER_TEMP": str(tmp_path)}
    given |= {"GH_TOKEN": "word", "NEW_PLUGIN_TOKEN": "word", "CI_SERVER_HOST": "host"}
    scripts = [("bash", github_script(job)) for job in ("pull-request", "repository")]
    if slug != "a/b":  # its first part is what counts there
        scripts.append(("sh", gitlab_script("publish-plugin")))
    for shell, script in scripts:
        done = run(shell, script, clone, **given)
        assert done.returncode == 1
        assert "is not a plugin name" in done.stdout
    assert not (tmp_path / "pwned").exists()
