"""Answers are data: hostile ones come back unchanged out of every file, and nothing runs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from stage7_plugin.spec.manifest import manifest_problems
from stage7_plugin.spec.parameters import parse_parameters
from tests.support import hostile
from tests.support.template import ANSWERS, TEMPLATE, render, run

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SLOW = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def assert_carries(project: Path, answers: dict[str, str]) -> None:
    """Every file parses, and the structured ones hold the answers unchanged."""
    manifest: dict[str, Any] = json.loads(read(project / "manifest.json"))
    assert manifest_problems(manifest) == []
    assert manifest["name"] == answers["plugin_name"]
    assert manifest["author"] == answers["author"]
    assert manifest["description"] == answers["description"]
    inputs, _ = parse_parameters("inputs", answers["inputs"])
    outputs, _ = parse_parameters("outputs", answers["outputs"])
    assert manifest["inputDefinitions"] == [p.definition() for p in inputs]
    assert manifest["outputDefinitions"] == [p.definition() for p in outputs]
    request = json.loads(read(project / "examples" / "request.json"))
    assert list(request["inputs"]) == [p.name for p in inputs]

    recorded = json.loads(read(project / ".stage7-template.json"))["answers"]
    assert recorded == {prompt: answers[prompt] for prompt in recorded}
    assert {"plugin_name", "description", "author", "inputs", "outputs"} <= set(recorded)

    assert answers["author"] in read(project / "LICENSE")
    for path in project.rglob("*.py"):
        ast.parse(read(path), path.name)
    for path in (*project.rglob("*.yml"), *project.rglob("*.yaml")):
        assert yaml.safe_load(read(path)), path.name
    for path in project.rglob("*.toml"):
        assert tomllib.loads(read(path)), path.name
    assert_dockerfile(read(project / "Dockerfile"), answers)


def assert_dockerfile(text: str, answers: dict[str, str]) -> None:
    """Each instruction is on lines of its own, and the labels hold the answers."""
    joined = re.sub(r"\\\n", " ", "\n".join(x for x in text.splitlines() if x[:1] != "#"))
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ARG", "LABEL", "EXPOSE", "STOPSIGNAL", "USER",
             "HEALTHCHECK", "CMD", "ENV"}  # fmt: skip
    assert {line.split()[0] for line in joined.splitlines() if line.strip()} <= known
    labels = " ".join(re.findall(r"^LABEL .*$", joined, re.MULTILINE))
    quoted = [
        re.sub(r"\\(.)", r"\1", value) for value in re.findall(r'"((?:[^"\\]|\\.)*)"', labels)
    ]
    assert answers["description"] in quoted
    assert answers["author"] in quoted


@given(hostile.answers())
@SLOW
def test_files_parse_and_carry_the_answers(answers: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_carries(render(Path(folder), **answers), answers)


@pytest.mark.parametrize("text", hostile.TEXTS)
def test_known_tricks(tmp_path: Path, text: str) -> None:
    answers = {**ANSWERS, "plugin_name": text[:80].strip(), "description": text, "author": text}
    assert_carries(render(tmp_path, **answers), answers)


@pytest.mark.parametrize("text", [t for t in hostile.TEXTS if "{{" not in t])
def test_known_tricks_through_the_whole_command(tmp_path: Path, text: str) -> None:
    """With the hook, whose file holds all answers."""
    answers = {**ANSWERS, "plugin_name": text[:80].strip(), "description": text, "author": text}
    given_answers = [f"{prompt}={value}" for prompt, value in answers.items()]
    result = run(tmp_path, "--no-input", *given_answers)
    assert result.status == 0, result.output
    assert_carries(tmp_path / "out" / "text-echo", answers)
    assert not list(tmp_path.rglob("pwned"))


def test_very_long_answers(tmp_path: Path) -> None:
    word, many = "x" * 200, "; ".join(f"input_{n}:any - {'y' * 200}" for n in range(100))
    answers = {**ANSWERS, "description": word, "author": "z" * 100, "inputs": many}
    assert_carries(render(tmp_path, **answers), answers)


def test_jinja_on_the_command_line_is_rendered_by_cookiecutter(tmp_path: Path) -> None:
    """A limit that the README states: there a value is a template before this one sees it."""
    result = run(tmp_path, "--no-input", "plugin_name={{ 7*7 }}s", "plugin_slug=x", "verb=X")
    assert result.status == 0
    assert json.loads(read(tmp_path / "out" / "x" / "manifest.json"))["name"] == "49s"


def test_nothing_of_the_template_is_left_in_any_file(tmp_path: Path) -> None:
    project = render(tmp_path)
    for path in project.rglob("*"):
        assert "{{ cookiecutter" not in path.name
        if path.is_file() and path.suffix != ".pyc":
            assert "cookiecutter." not in read(path), path.name
            assert "{%" not in read(path), path.name


def test_stub_runs_with_hostile_parameters(tmp_path: Path) -> None:
    names = "; ".join(f"{name}:any" for name in hostile.NAMES)
    project = render(tmp_path, inputs=names)
    program = (
        "import json, plugin_logic; "
        "inputs = json.load(open('examples/request.json', encoding='utf-8'))['inputs']; "
        "print(plugin_logic.execute_plugin(inputs, {})['success'])"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=project, capture_output=True, encoding="utf-8"
    )
    assert done.stdout == "True\n", done.stderr
    assert f"it was given {len(hostile.NAMES)} input(s)" in done.stderr
    assert TEMPLATE not in project.parents
