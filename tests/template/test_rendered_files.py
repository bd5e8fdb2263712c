"""Which files there are, for every choice, and that each of them parses."""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from stage7_plugin.batch.authors_files import IN_EVERY_LANGUAGE
from stage7_plugin.spec.languages import LANGUAGES
from tests.support.template import TEMPLATE, files, generate, render
from tests.template.conftest import Bake
from tests.template.rendered_files import FILES, SHARED

CI_FILES: dict[str, set[str]] = {
    "github": {
        ".github/dependabot.yml",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        ".github/workflows/template-update.yml",
    },
    "gitlab": {".gitlab-ci.yml", "renovate.json"},
    "none": set(),
}

# Read from the prompts themselves, so that a new choice is tested without a change here.
CHOICES: dict[str, list[str]] = {
    prompt: value
    for prompt, value in json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8")).items()
    if isinstance(value, list) and not prompt.startswith("_")
}


def plugins_with_every_pair() -> list[dict[str, str]]:
    """Choose answers for few plugins, among which every two choices occur together."""
    every = [
        answers
        for chosen in itertools.product(*CHOICES.values())
        if (answers := dict(zip(CHOICES, chosen, strict=True)))
        # any version but the default is refused for other languages
        and (answers["language"] == "python" or answers["python_version"] == "3.11")
    ]
    pairs = [set(itertools.combinations(answers.items(), 2)) for answers in every]
    missing = set().union(*pairs)
    found = []
    while missing:
        best = max(range(len(every)), key=lambda number: len(pairs[number] & missing))
        missing -= pairs[best]
        found.append(every[best])
    return found


def parse(path: Path) -> None:
    """Fail if a file is not what its name says."""
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        json.loads(text)
    elif path.suffix in (".yml", ".yaml"):
        list(yaml.safe_load_all(text))
    elif path.suffix == ".toml":
        tomllib.loads(text)
    elif path.suffix == ".py":
        compile(ast.parse(text), path.name, "exec")


@pytest.mark.parametrize("ci", CI_FILES)
@pytest.mark.parametrize("language", FILES)
def test_the_exact_set_of_files(tmp_path: Path, language: str, ci: str) -> None:
    result = generate(tmp_path, language=language, ci=ci, git_init="no")
    assert result.status == 0, result.output
    project = tmp_path / "out" / "text-echo"
    assert files(project) == SHARED | FILES[language] | CI_FILES[ci]
    assert LANGUAGES[language].logic in result.output, "the next steps name what to write"
    empty = [path for path in project.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert empty == []


def test_kubernetes_files_only_where_they_are_wanted(bake: Bake) -> None:
    without, wanted = (files(bake(kubernetes=a)) for a in CHOICES["kubernetes"])
    assert wanted - without == {"kubernetes.yaml"}
    assert without - wanted == set()


def test_every_choice_of_language_and_ci_is_covered() -> None:
    assert set(CI_FILES) == set(CHOICES["ci"])
    assert list(FILES) == CHOICES["language"]


@pytest.mark.parametrize(
    "answers", plugins_with_every_pair(), ids=lambda answers: " ".join(answers.values())
)
def test_all_pairs_of_choices_render_files_that_parse(
    tmp_path: Path, answers: dict[str, str]
) -> None:
    project = render(tmp_path, **answers)  # without the hook, which would build images
    for name in files(project):
        parse(project / name)
        text = (project / name).read_text("utf-8")
        # `${{ }}` is GitHub's own; a delimiter of Jinja's must not be left.
        assert not re.search(r"(?<!\$)\{\{[- ]|\{%|\{#|cookiecutter\.", text), name
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name
        assert not re.search(r"[ \t]+$", text, re.MULTILINE), f"{name}: white space at a line end"
    instructions = (project / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in instructions if len(line) > 100] == []


def test_choices_reach_the_files(bake: Bake) -> None:
    for version in CHOICES["python_version"]:
        project = bake(python_version=version)
        assert f"FROM python:{version}-slim\n" in (project / "Dockerfile").read_text("utf-8")
    for license_name, words in {
        "MIT": "MIT License",
        "Apache-2.0": "Apache License",
        "BSD-3-Clause": "BSD 3-Clause",
        "Proprietary": "All rights reserved",
    }.items():
        project = bake(license=license_name)
        assert words in (project / "LICENSE").read_text("utf-8")
        assert json.loads((project / "manifest.json").read_text("utf-8"))["license"] == license_name
    assert set(CHOICES["license"]) == {"MIT", "Apache-2.0", "BSD-3-Clause", "Proprietary"}


def test_files_that_cannot_be_run_are_not_executable(bake: Bake) -> None:
    project = bake()
    assert [
        path.name for path in project.rglob("*") if path.is_file() and path.stat().st_mode & 0o111
    ] == []


def compose(project: Path) -> dict[str, Any]:
    (service,) = yaml.safe_load((project / "compose.yaml").read_text("utf-8"))["services"].values()
    assert isinstance(service, dict)
    return service


def test_compose_starts_the_image_with_the_limits_of_the_manifest(bake: Bake) -> None:
    project = bake(memory="64m", cpu="1.5", image_namespace="registry.example:5000/a")
    service = compose(project)
    assert service["image"] == "registry.example:5000/a/text-echo:1.0.0"
    assert service["mem_limit"] == "64m"
    assert service["cpu_shares"] == 1536
    assert service["tmpfs"] == ["/tmp:size=16m,exec"]
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.skipif(os.name == "nt", reason="needs make")
@pytest.mark.parametrize("language", FILES)
def test_the_makefile_offers_what_the_readme_names(bake: Bake, language: str) -> None:
    project = bake(language=language)
    named = set(re.findall(r"`make ([a-z]+)`", (project / "README.md").read_text("utf-8")))
    assert {"run", "test", "lint", "build", "up", "down", "logs", "link", "install"} <= named
    for target in named:
        done = subprocess.run(
            ["make", "--dry-run", f"PYTHON={sys.executable}", target],
            cwd=project,
            env={"PATH": "/usr/bin:/bin", "STAGE7_TOKEN": "token"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("language", FILES)
def test_secrets_stay_out_of_the_image(bake: Bake, language: str) -> None:
    """What the builder is sent, as the Docker SDK reads .dockerignore."""
    from docker.utils.build import exclude_paths

    project = bake(language=language)
    secrets = (
        ".env", ".env.local", "prod.env", "key.pem", ".netrc", "id_rsa", ".aws/credentials",
        ".git-credentials", ".docker/config.json", ".ssh/config", "tls.key",
    )  # fmt: skip
    kept = ("data/words.txt", "helpers/environment.py", "keys.py")
    for name in (*secrets, *(f"deep/down/{name}" for name in secrets), *kept):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    patterns = (project / ".dockerignore").read_text("utf-8").splitlines()
    sent = set(exclude_paths(str(project), [p for p in patterns if p and not p.startswith("#")]))
    assert {name for name in sent if Path(name).name in {Path(s).name for s in secrets}} == set()
    assert {*kept, LANGUAGES[language].main, LANGUAGES[language].logic} <= sent


@pytest.mark.parametrize("language", FILES)
@pytest.mark.parametrize("ci", CI_FILES)
def test_forges_fold_exactly_what_is_the_templates(bake: Bake, ci: str, language: str) -> None:
    project = bake(language=language, ci=ci, kubernetes="yes")
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    authors = set(settings["tool"]["cruft"]["skip"])
    one = LANGUAGES[language]
    assert authors == {*IN_EVERY_LANGUAGE, one.logic, *one.authors}
    subprocess.run(["git", "init", "--quiet", project], check=True)
    (project / "own_module.py").write_text("")
    (project / "tests" / "test_own.py").write_text("")
    for attribute in ("linguist-generated", "gitlab-generated"):
        done = subprocess.run(
            ["git", "-C", project, "check-attr", "--stdin", attribute],
            input="\n".join(sorted(files(project))),
            capture_output=True,
            text=True,
            check=True,
        )
        marked = {
            line.split(": ")[0] for line in done.stdout.splitlines() if line.endswith(": set")
        }
        own = {"own_module.py", "tests/test_own.py"}
        # the author's, and written by make
        by_tools = {"plugin_types.ts", "package-lock.json", "plugin_types.go"} & authors
        assert marked == files(project) - (authors - by_tools) - own
