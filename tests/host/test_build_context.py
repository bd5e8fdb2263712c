"""What is sent for a build is what the Docker SDK sends, and its digest says when that changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docker.utils.build import exclude_paths

from stage7_plugin.host.build_context import context_files, source_digest, source_image
from stage7_plugin.host.view import HostView
from tests.support.template import render

FILES = (
    "Dockerfile", "server.py", "a.pyc", "data/words.txt", "data/deep/.env", "data/deep/x.pyc",
    "tests/test_a.py", ".git/config", "docs/README.md", "README.md", "my [file]",
    "docker/Dockerfile",
)  # fmt: skip


def view(project: Path) -> HostView:
    return HostView.from_manifest(json.loads((project / "manifest.json").read_text("utf-8")))


@pytest.mark.parametrize(
    "ignore",
    [
        "",
        "# a comment\n\ntests\n.git\n",
        "**/*.pyc\n**/.env*\n/docs/\n",
        "data\n!data/words.txt\n",
        "*\n!server.py\n!data/deep\n",
        "data/*\n!data/deep/x.pyc\n**/x.*\n",
        "./tests/../docs\n?.pyc\n[a-c].pyc\n",
        "docker\nDockerfile\n",
        "my \\[file\\]\n**\n!*.py\n",
    ],
)
@pytest.mark.parametrize("dockerfile", ["Dockerfile", "docker/Dockerfile"])
def test_what_is_sent_is_what_the_sdk_sends(tmp_path: Path, ignore: str, dockerfile: str) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".dockerignore").write_text(ignore)
    patterns = [line.strip() for line in ignore.splitlines() if line.strip() and line[0] != "#"]
    sent = exclude_paths(str(tmp_path), patterns, dockerfile)
    expected = {name for name in sent if (tmp_path / name).is_file()}
    assert set(context_files(tmp_path, dockerfile)) == expected


def test_the_same_for_a_rendered_plugin(tmp_path: Path) -> None:
    project = render(tmp_path)
    patterns = (project / ".dockerignore").read_text("utf-8").splitlines()
    sent = exclude_paths(str(project), [p for p in patterns if p and p[0] != "#"], "Dockerfile")
    expected = {name for name in sent if (project / name).is_file()}
    assert set(context_files(project, "Dockerfile")) == expected
    assert {"server.py", "Dockerfile", "plugin_runtime/app.py"} <= expected


def test_the_digest_follows_what_is_sent_and_nothing_else(tmp_path: Path) -> None:
    project = render(tmp_path)
    first = source_digest(project, view(project))
    for name in (
        "README.md",
        "tests/test_own.py",
        "plugin_runtime/x.pyc",
        ".env",
        "requirements.in",
    ):
        (project / name).write_text("changed")
    for path in project.rglob("*.py"):
        path.chmod(0o600)  # another umask
    assert source_digest(project, view(project)) == first
    seen = {first}
    for change in (
        lambda: (project / "own_module.py").write_text(""),
        lambda: (project / "own_module.py").chmod(0o755),
        lambda: (project / "requirements.txt").write_text("# none"),
        lambda: (project / "link").symlink_to("server.py"),
    ):
        change()
        seen.add(source_digest(project, view(project)))
    manifest = (project / "manifest.json").read_text("utf-8")
    (project / "manifest.json").write_text(manifest.replace("1.0.0", "1.0.1"))
    seen.add(source_digest(project, view(project)))
    assert len(seen) == 6


def test_the_image_that_a_registry_is_asked_for(tmp_path: Path) -> None:
    project = render(tmp_path, image_namespace="registry.example:5000/team")
    assert source_image(view(project), "0123") == "registry.example:5000/team/text-echo:src-0123"
