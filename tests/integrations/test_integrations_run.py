"""The scripts of the forms on GitHub and GitLab, run for real with answers of every kind."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.integration_files import (
    WORKFLOW,
    github_script,
    gitlab_script,
    load,
    pushed,
    repository,
    run,
)
from tests.support.linters import needs_jq

pytestmark = needs_jq

HOSTILE = {
    "plugin_name": "Quote \" ' \\ $HOME `id` $(touch pwned) {{ 7*7 }} ; touch pwned #",
    "description": 'It\'s "{{ cookiecutter }}" ${{ github.token }} $(touch pwned) \\n 😀 ::error::',
    "inputs": 'text:string="it\'s $(touch pwned) {{ 1 }}" - `touch pwned` | "quoted"',
    "outputs": "result:string - </script> {% raw %}",
}


def render_with_github(
    folder: Path, environ: dict[str, str], **answers: str
) -> subprocess.CompletedProcess[str]:
    """Run the workflow's render step; the form sends every field, empty or not."""
    form = dict.fromkeys(load(WORKFLOW)[True]["workflow_dispatch"]["inputs"], "")
    form |= {"license": "MIT", "target": "pull-request", **answers}
    given = {"ANSWERS": json.dumps(form), "GITHUB_OUTPUT": str(folder / "output")}
    return run("bash", github_script("render"), folder, **environ, **given, GITHUB_ACTOR="ada")


def render_with_gitlab(
    folder: Path, environ: dict[str, str], **answers: str
) -> subprocess.CompletedProcess[str]:
    """Run the pipeline's render job."""
    names = {"more": "PLUGIN_MORE", "target": "PLUGIN_TARGET"}
    given = {names.get(key, f"PLUGIN_{key.upper()}"): value for key, value in answers.items()}
    given["PLUGIN_NAME"] = given.pop("PLUGIN_PLUGIN_NAME")
    defaults = {"PLUGIN_MORE": "{}", "PLUGIN_TARGET": "merge-request", "GITLAB_USER_NAME": "Ada"}
    script = gitlab_script("render-plugin")
    return run("sh", script, folder, **environ, **{**defaults, **given})


RENDER = {"github": render_with_github, "gitlab": render_with_gitlab}


def rendered(folder: Path) -> dict[str, str]:
    """The files of the plugin that a render step hands on."""
    with tarfile.open(folder / "plugin.tar.gz") as archive:
        files = [member for member in archive if member.isfile()]
        contents = {file.name: archive.extractfile(file) for file in files}
        return {
            name.partition("/")[2]: content.read().decode()
            for name, content in contents.items()
            if content
        }


@pytest.mark.parametrize("system", RENDER)
def test_answers_are_data(tmp_path: Path, environ: dict[str, str], system: str) -> None:
    more = json.dumps({"memory": "512m", "plugin_slug": "quotes", "verb": "QUOTES"})
    folder = tmp_path / "work"
    done = RENDER[system](folder, environ, **HOSTILE, more=more)
    assert done.returncode == 0, done.stdout
    manifest = json.loads(rendered(folder)["manifest.json"])
    assert manifest["name"] == HOSTILE["plugin_name"]
    assert manifest["description"] == HOSTILE["description"]
    assert manifest["inputDefinitions"][0]["defaultValue"] == "it's $(touch pwned) {{ 1 }}"
    assert manifest["container"]["resources"]["memory"] == "512m"
    assert manifest["id"] == "quotes"
    assert list(tmp_path.rglob("pwned")) == []


@pytest.mark.parametrize("system", RENDER)
def test_a_wrong_answer_stops_it_with_its_message(
    tmp_path: Path, environ: dict[str, str], system: str
) -> None:
    folder = tmp_path / "work"
    done = RENDER[system](folder, environ, **{**HOSTILE, "inputs": "text:text"})
    assert done.returncode != 0
    assert ": inputs: " in done.stdout
    assert "text:text" in done.stdout
    assert not (folder / "plugin.tar.gz").exists()


@pytest.mark.parametrize(
    ("system", "target", "expected"),
    [
        ("github", "pull-request", []),
        ("github", "repository", [".github/workflows/ci.yml"]),
        ("gitlab", "merge-request", []),
        ("gitlab", "project", [".gitlab-ci.yml"]),
    ],
)
def test_a_plugin_of_its_own_gets_the_ci_of_its_system(
    tmp_path: Path, environ: dict[str, str], system: str, target: str, expected: list[str]
) -> None:
    folder = tmp_path / "work"
    answers = {"plugin_name": "Word Count", "description": "Counts the words of a text"}
    done = RENDER[system](folder, environ, **answers, target=target, inputs="", outputs="")
    assert done.returncode == 0, done.stdout
    names = rendered(folder)
    assert [name for name in names if name.endswith(("/ci.yml", "gitlab-ci.yml"))] == expected


@pytest.mark.parametrize("system", RENDER)
def test_every_other_key_is_taken(tmp_path: Path, environ: dict[str, str], system: str) -> None:
    """Also git_init, which would end as a link to a repository, and build_image."""
    for number, choice in enumerate(("yes", "required")):
        more = json.dumps({"git_init": "yes", "build_image": choice, "memory": "1g"})
        folder = tmp_path / str(number)
        answers = {"plugin_name": "Word Count", "description": "Counts the words of a text"}
        done = RENDER[system](folder, environ, **answers, more=more)
        assert done.returncode == 0, done.stdout
        files = rendered(folder)
        assert json.loads(files["manifest.json"])["container"]["resources"]["memory"] == "1g"
        assert not [name for name in files if name.startswith(".git/")]
    more = json.dumps({"git_init": "maybe", "build_image": "perhaps"})
    done = RENDER[system](tmp_path / "wrong", environ, **answers, more=more)
    assert done.returncode != 0
    assert "git_init: 'maybe'" in done.stdout
    assert "build_image: 'perhaps'" in done.stdout


def test_github_gets_a_pull_request(tmp_path: Path, environ: dict[str, str]) -> None:
    work = tmp_path / "work"
    done = render_with_github(work, environ, **HOSTILE, more='{"plugin_slug": "quotes"}')
    assert done.returncode == 0, done.stdout
    assert (work / "output").read_text() == "slug=quotes\n"

    clone = repository(tmp_path / "server", environ)
    given = {**environ, "SLUG": "quotes", "FOLDER": "plugins"}
    done = run("bash", github_script("pull-request"), clone, **given)
    assert done.returncode == 0, done.stdout
    files = pushed(tmp_path / "server" / "origin.git", "new-plugin/quotes")
    assert "plugins/quotes/manifest.json" in files
    assert "plugins/quotes/.gitignore" in files
    calls = (tmp_path / "gh-calls").read_text().splitlines()
    assert calls[:2] == ["auth", "setup-git"]
    assert calls[2:6] == ["pr", "create", "--head", "new-plugin/quotes"]

    done = run("bash", github_script("pull-request"), clone, **given)
    assert done.returncode == 1
    assert "plugins/quotes already exists" in done.stdout


def test_github_gets_a_repository(tmp_path: Path, environ: dict[str, str]) -> None:
    work = tmp_path / "work"
    answers = {"plugin_name": "Word Count", "description": "Counts the words of a text"}
    done = render_with_github(work, environ, **answers, target="repository")
    assert done.returncode == 0, done.stdout
    given = {**environ, "SLUG": "word-count", "GITHUB_REPOSITORY_OWNER": "org"}
    done = run("bash", github_script("repository"), tmp_path / "new", **given, GH_TOKEN="word")
    assert done.returncode == 0, done.stdout
    assert ".github/workflows/ci.yml" in pushed(tmp_path / "new" / "word-count", "main")
    assert "org/word-count" in (tmp_path / "gh-calls").read_text().splitlines()
    done = run("bash", github_script("repository"), tmp_path / "none", **given, GH_TOKEN="")
    assert done.returncode == 1
    assert "NEW_PLUGIN_TOKEN" in done.stdout


@pytest.mark.parametrize("target", ["merge-request", "project"])
def test_gitlab_gets_it(tmp_path: Path, environ: dict[str, str], target: str) -> None:
    clone = repository(tmp_path / "server", environ)
    answers = {"plugin_name": "Word Count", "description": "Counts the words of a text"}
    done = render_with_gitlab(clone, environ, **answers, target=target)
    assert done.returncode == 0, done.stdout
    origin = tmp_path / "server" / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", origin.with_name("word-count.git")])
    instead = (f"url.{tmp_path}/server/.insteadOf", "https://new-plugin:word@host/org/")
    subprocess.run(["git", "config", "--global", *instead], env=environ, check=True)
    given = {
        "FOLDER": "plugins",
        "PLUGIN_TARGET": target,
        "NEW_PLUGIN_TOKEN": "word",
        "CI_SERVER_HOST": "host",
        "CI_PROJECT_NAMESPACE": "org",
        "CI_PROJECT_PATH": "org/origin",
    }
    done = run("sh", gitlab_script("publish-plugin"), clone, **environ, **given)
    assert done.returncode == 0, done.stdout
    if target == "project":
        files = pushed(tmp_path / "server" / "word-count.git", "main")
        assert {"manifest.json", ".gitlab-ci.yml"} <= set(files)
    else:
        assert "plugins/word-count/manifest.json" in pushed(origin, "new-plugin/word-count")
