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

from tests.support.template import TEMPLATE, files, generate, render
from tests.template.conftest import Bake

ALWAYS = {
    ".dockerignore",
    ".gitattributes",
    ".gitignore",
    ".stage7-template.json",
    "CHANGELOG.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "README.md",
    "compatibility.py",
    "compose.yaml",
    "examples/request.json",
    "manifest.json",
    "manifest.schema.json",
    "plugin_logic.py",
    "plugin_runtime/README.md",
    "plugin_runtime/__init__.py",
    "plugin_runtime/responses.py",
    "plugin_runtime/app.py",
    "plugin_runtime/constraints.py",
    "plugin_runtime/json_schema.py",
    "plugin_runtime/endpoint.py",
    "plugin_runtime/event_loop.py",
    "plugin_runtime/execution.py",
    "plugin_runtime/healthcheck.py",
    "plugin_runtime/hints.py",
    "plugin_runtime/host_answer.py",
    "plugin_runtime/host_function.py",
    "plugin_runtime/host_plugin.py",
    "plugin_runtime/http_server.py",
    "plugin_runtime/identity.py",
    "plugin_runtime/inputs.py",
    "plugin_runtime/log_writer.py",
    "plugin_runtime/logs.py",
    "plugin_runtime/metrics.py",
    "plugin_runtime/not_json.py",
    "plugin_runtime/openapi.py",
    "plugin_runtime/outputs.py",
    "plugin_runtime/plugin.py",
    "plugin_runtime/redaction.py",
    "plugin_runtime/configuration.py",
    "plugin_runtime/connection.py",
    "plugin_runtime/container.py",
    "plugin_runtime/connections.py",
    "plugin_runtime/exchange.py",
    "plugin_runtime/memory.py",
    "plugin_runtime/listen_first.pl",
    "plugin_runtime/http_request.py",
    "plugin_runtime/runtime.py",
    "plugin_runtime/secret_forms.py",
    "plugin_runtime/service.py",
    "plugin_runtime/settings.py",
    "plugin_runtime/stdio.py",
    "plugin_runtime/strict_json.py",
    "plugin_runtime/value_types.py",
    "pyproject.toml",
    "release.py",
    "requirements-dev.in",
    "requirements-dev.txt",
    "requirements.in",
    "requirements.txt",
    "server.py",
    "system-packages.txt",
    "tests/check_types.py",
    "tests/conftest.py",
    "tests/contract_suite.py",
    "tests/lock_requirements.py",
    "tests/manifest_advice.py",
    "tests/plugin_call.py",
    "tests/plugin_container.py",
    "tests/settings.toml",
    "tests/start_plugin.py",
    "tests/template_link.py",
    "tests/test_image.py",
    "tests/test_logic.py",
    "tests/test_manifest.py",
    "tests/test_requirements.py",
    "tests/test_server.py",
}
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
PAIRS = [
    {first: one, second: other}
    for first, second in itertools.combinations(CHOICES, 2)
    for one, other in itertools.product(CHOICES[first], CHOICES[second])
]


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
def test_the_exact_set_of_files(tmp_path: Path, ci: str) -> None:
    result = generate(tmp_path, ci=ci, git_init="no")
    assert result.status == 0, result.output
    project = tmp_path / "out" / "text-echo"
    assert files(project) == ALWAYS | CI_FILES[ci]
    empty = [path for path in project.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert empty == []


def test_kubernetes_files_only_where_they_are_wanted(bake: Bake) -> None:
    without, wanted = (files(bake(kubernetes=a)) for a in CHOICES["kubernetes"])
    assert wanted - without == {"kubernetes.yaml"}
    assert without - wanted == set()


def test_every_ci_choice_is_covered() -> None:
    assert set(CI_FILES) == set(CHOICES["ci"])


@pytest.mark.parametrize("answers", PAIRS, ids=lambda pair: " ".join(map("=".join, pair.items())))
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
def test_the_makefile_offers_what_the_readme_names(bake: Bake) -> None:
    project = bake()
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


def test_secrets_stay_out_of_the_image(bake: Bake) -> None:
    """What the builder is sent, as the Docker SDK reads .dockerignore."""
    from docker.utils.build import exclude_paths

    project = bake()
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
    assert {*kept, "server.py", "plugin_logic.py"} <= sent


@pytest.mark.parametrize("ci", CI_FILES)
def test_forges_fold_exactly_what_is_the_templates(bake: Bake, ci: str) -> None:
    project = bake(ci=ci, kubernetes="yes")
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    authors = set(settings["tool"]["cruft"]["skip"])
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
        assert marked == files(project) - authors - own
