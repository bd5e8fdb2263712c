"""Rendered plugins pass their own lint, format, types and tests, untouched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import render
from tests.template.conftest import Bake

EVERY_TYPE = (
    "text:string - A text; count:number=3 - How often; loud:boolean=false - Loudly; "
    'parts:array=["a", "b"] - Parts; options:object? - Options; anything:any? - Anything'
)
PLUGINS: dict[str, dict[str, str]] = {
    "as the prompts offer it": {},
    "every type": {
        "inputs": EVERY_TYPE,
        "outputs": "words:array - Words; total:number - Total; found:boolean - Found; "
        "details:object - Details; summary:string - Summary; extra:any? - Extra",
        "ci": "gitlab",
        "license": "Apache-2.0",
        "permissions": "net.fetch, fs.read",
        "timeout_seconds": "3600",
        "cpu": "8",
        "memory": "2g",
    },
    "every constraint": {
        "inputs": "unit:string(km|mi)=km - Unit; level:number(1|2); count:number(1..100)=10; "
        "title:string(20..40); code:string(/^[a-z]{2}$/, e.g. ab); page:string(uri)?; "
        "mail:string(email); day:string(date); at:string(date-time); "
        "few:array<number(5..9)>(2..3); picture:string(base64 image/png); key:string!secret; "
        "deep:array<array<string(a|b)>>?; ratio:number(0..0.5); short:string(1..3)",
        "outputs": "in_unit:string(km|mi); tags:array<string>; sizes:array<number(1..5)>(1..); "
        "next_page:string(uri)?; thumbnail:string(base64 image/png); total:number(10..20)",
    },
    "hostile texts": {
        "plugin_name": "Quote \" ' \\ $HOME {{ 7*7 }} {% raw %} <b>",
        "plugin_slug": "quotes",
        "verb": "QUOTES",
        "description": "\"\"\" ''' \\ ${PATH} `id` $(id) {{ 1 }} </script> : # | * _ [a](b) 😀 ש",
        "author": 'O\'Neil "the" \\ : # 😀',
        "inputs": 'inputs:string="it\'s \\\\ {{ 1 }} ${HOME}" - """ \' \\ | `code`; '
        "context:object? - {% endraw %}; success:any? - $& #; "
        r"""odd:string("it's"|"\\"|"\""|"{{ 1 }}"|"é;"); bracket:string(/["'{]/, e.g. "{{"); """
        "longs:string(aaaaaaaaaaaaaaaaaaaaaaaaa|bbbbbbbbbbbbbbbbbbbbbbbbbbb); "
        f"{'x' * 60}:array<array<array<string(aaaaaa|bbbbbbb)>>>?",
        "outputs": 'logger:string - """; result:number - \\',
    },
    "one of everything else": {
        "inputs": "logging:string - Named like a module; Any:number - Named like a type",
        "outputs": "received:array - Named like a local",
        "license": "Proprietary",
        "ci": "none",
        "python_version": "3.14",
        "image_namespace": "registry.example.com:5000/team",
    },
}


def check(project: Path, *command: str) -> None:
    """Run a tool of the development environment in the plugin's folder."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PLUGINS)
def test_it_passes_its_own_checks(tmp_path: Path, name: str) -> None:
    project = render(tmp_path, **PLUGINS[name])  # as typed; baking renders braces in answers
    check(project, "ruff", "check", "--no-cache", ".")
    check(project, "ruff", "format", "--no-cache", "--check", ".")
    check(project, "mypy", ".")
    check(project, "pytest", "-p", "no:xdist", "-m", "not engine")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("manifest.json", '"/execute"', '"execute"'),
        ("manifest.json", '"container": 8080', '"container": 8081'),
        ("manifest.json", '"version": "1.0.0"', '"version": "1.0.1"'),
        ("manifest.json", '"permissions": []', '"permissions": ["net.everything"]'),
        ("manifest.json", '"interval": "30s"', '"interval": "31s"'),
        ("manifest.json", '"name": "result"', '"name": "results"'),
        (
            "Dockerfile",
            '["/usr/bin/perl", "-tX", "/app/plugin_runtime/listen_first.pl", ',
            '["perl", "-tX", "/app/plugin_runtime/listen_first.pl", ',
        ),
        ("compose.yaml", "text-echo:1.0.0", "text-echo:1.0.1"),
        ("plugin_logic.py", '"result": ', '"answer": '),
        ("plugin_logic.py", "STUB_ANSWER,", "None,"),
        ("server.py", "listener.listen(", "listener.listens("),
        ("plugin_runtime/README.md", "| `PLUGIN_PORT` |", "| `PORT` |"),
        ("requirements.in", "# What", "requests>=2.32\n# What"),
    ],
)
def test_its_tests_see_when_it_breaks(bake: Bake, file: str, old: str, new: str) -> None:
    project = bake()
    text = (project / file).read_text("utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "-x", "-m", "not engine"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr


def test_it_can_be_rendered_over_itself(tmp_path: Path) -> None:
    project = render(tmp_path)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    render(tmp_path)
    after = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert before == after
    shutil.rmtree(project)
