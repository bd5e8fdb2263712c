"""The steps of the hook, on really rendered plugins."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stage7_plugin.generate.post_generation import main
from stage7_plugin.spec.manifest import manifest_problems
from tests.support.template import TEMPLATE, command, generate, isolated_environment, render, run

CHOSEN: dict[str, Any] = {"git_init": "no", "build_image": "no", "ci": "github", "kubernetes": "no"}


def test_manifest_that_the_host_would_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = render(tmp_path)
    manifest = json.loads((project / "manifest.json").read_text(encoding="utf-8"))
    manifest["api"]["method"] = "HEAD"
    del manifest["id"]
    (project / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(**CHOSEN, folder=project) == 1
    printed = capsys.readouterr().out
    assert "The host would not accept manifest.json:" in printed
    assert "  - the manifest lacks id" in printed
    assert "  - api.method is 'HEAD': must be one of GET, POST" in printed


def test_what_the_host_takes_otherwise_is_a_warning(tmp_path: Path) -> None:
    answers = {"verb": "SCRAPE", "inputs": "count:number", "description": "Counts. By password"}
    result = generate(tmp_path, git_init="no", **answers)
    assert result.status == 0
    warnings = [line for line in result.output.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 4
    assert warnings[0].startswith("warning: manifest.json: verb: the host already has a plugin for")
    assert 'write "required": false and "defaultValue": 0' in warnings[3]
    plain = tmp_path / "plain"
    plain.mkdir()
    assert "warning" not in generate(plain, git_init="no").output


def test_a_reader_that_goes_away_leaves_the_plugin(tmp_path: Path) -> None:
    """Cookiecutter would remove it, after it was reported as created, if the hook failed."""
    options = ("--no-input", "--output-dir", str(tmp_path), "git_init=no")
    with subprocess.Popen(
        command(*options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=isolated_environment(tmp_path / "home"),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0
    assert (tmp_path / "text-echo" / "manifest.json").is_file()


@pytest.mark.parametrize("content", ["{", None])
def test_manifest_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    assert main(**CHOSEN, folder=tmp_path) == 1
    assert "it cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_no_empty_folder_is_left(tmp_path: Path, ci: str) -> None:
    assert generate(tmp_path, ci=ci, git_init="no").status == 0
    project = tmp_path / "out" / "text-echo"
    folders = [path for path in project.rglob("*") if path.is_dir()]
    assert folders
    assert not [path for path in folders if not any(path.iterdir())]
    assert (project / ".github").exists() == (ci == "github")


def test_second_run_over_the_same_folder_is_harmless(tmp_path: Path) -> None:
    identity = {
        f"GIT_{role}_{what}": "ada@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    project = tmp_path / "out" / "text-echo"
    assert run(tmp_path, "--no-input", environment=identity).status == 0
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    again = run(tmp_path, "--no-input", "--overwrite-if-exists", environment=identity)
    assert again.status == 0
    assert "already a repository; left as it is" in again.output
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_without_hooks_the_plugin_is_complete(tmp_path: Path, ci: str) -> None:
    result = generate(tmp_path, "--accept-hooks", "no", ci=ci)
    assert (result.status, result.output) == (0, "")
    project = tmp_path / "out" / "text-echo"
    without = {path.relative_to(project): path.read_bytes() for path in files(project)}
    assert generate(tmp_path, "--overwrite-if-exists", ci=ci, git_init="no").status == 0
    assert {path.relative_to(project): path.read_bytes() for path in files(project)} == without
    manifest = json.loads((project / "manifest.json").read_text(encoding="utf-8"))
    assert manifest_problems(manifest) == []


def files(project: Path) -> list[Path]:
    return [path for path in project.rglob("*") if path.is_file()]


def test_comparison_of_cruft_leaves_no_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    # As cruft update and diff clone it; the hook runs in that clone.
    clone = tmp_path / "tmpabcdefgh" / "repo"
    monkeypatch.setattr("stage7_plugin.generate.post_generation._TEMPLATE", clone)
    project = render(tmp_path)
    assert (
        main(**{**CHOSEN, "git_init": "yes", "build_image": "yes"}, folder=project, linked=True)
        == 0
    )
    assert not (project / ".git").exists()
    assert capsys.readouterr().out == "", "what `cruft diff` prints is a patch"


def test_hook_imports_neither_cookiecutter_nor_docker() -> None:
    """Imports are its start-up time."""
    program = (
        f"import sys; sys.path[0] = {str(TEMPLATE)!r}; "
        "import stage7_plugin.generate.post_generation; "
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for heavy in ("cookiecutter", "jinja2", "click", "docker", "requests", "slugify", "tempfile"):
        assert f"'{heavy}'" not in done.stdout


def test_ci_in_a_subfolder_is_reported_as_never_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    project = render(tmp_path)
    for ci, told in (("github", True), ("none", False)):
        assert main(**{**CHOSEN, "git_init": "yes", "ci": ci}, folder=project) == 0
        assert ("Git servers do not read CI files in subfolders" in capsys.readouterr().out) is told
