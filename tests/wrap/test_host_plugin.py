"""Python plugins of the host, wrapped: they answer as under the host's own executor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from stage7_plugin.cli import main
from tests.wrap import host_executor

SOURCES = Path(__file__).parent / "sources" / "host"
TOKEN = "canary-token-0123456789"

Execute = Callable[..., list[dict[str, Any]]]

CALL = """
import json, sys
sys.path[:0] = ["tests", "."]
from plugin_call import run
print("\\n" + json.dumps([run(inputs) for inputs in json.load(sys.stdin)]))
"""


def wrap(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["wrap", *map(str, arguments)])


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, each wrapped once."""
    out = tmp_path_factory.mktemp("plugins")
    for source in SOURCES.iterdir():
        result = wrap(source, "git_init=no", "-o", out)
        assert result.exit_code == 0, result.output
    return out


@pytest.fixture
def execute(plugins: Path) -> Execute:
    """Executes a wrapped plugin through the server's code, once for each inputs."""

    def call(slug: str, *inputs: dict[str, Any]) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-c", CALL],
            cwd=plugins / slug,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            input=json.dumps([{**given, "__auth_token": TOKEN} for given in inputs]),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        answers: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
        return answers

    return call


def test_it_answers_output_by_output_as_under_the_host(execute: Execute) -> None:
    cases: list[dict[str, Any]] = [
        {"number": "A-1"},
        {"number": "A-1", "detail": "state"},
        {"number": "A-1", "detail": "audit"},
        {"number": "A-1", "limit": 1},
    ]
    for inputs, answer in zip(cases, execute("order-lookup", *cases), strict=True):
        with_default = {"limit": 2, **inputs}  # which the host fills in as well
        wanted = host_executor.execute(SOURCES / "ORDER_LOOKUP", with_default)
        outputs = [(output["name"], output["result"]) for output in wanted]
        assert list(answer["outputs"].items()) == outputs


def test_it_fails_where_it_fails_under_the_host(execute: Execute) -> None:
    absent, wrong = {"number": "A-2"}, {"number": "A-1", "detail": "everything"}
    told, raised = execute("order-lookup", absent, wrong)
    (wanted,) = host_executor.execute(SOURCES / "ORDER_LOOKUP", absent)
    assert told["error"] == wanted["error"] == "no order A-2"
    (wanted,) = host_executor.execute(SOURCES / "ORDER_LOOKUP", wrong)
    assert "ValueError: unknown detail everything" in wanted["error"]
    assert raised["error"].endswith("status 1: ValueError: unknown detail everything")


def test_a_program_that_never_reads_its_inputs_gets_them_through_its_function(
    execute: Execute,
) -> None:
    given = {"action": "count", "payload": {"amounts": [1, 2, 3]}}
    (wanted,) = host_executor.execute(SOURCES / "INVOICE", given)
    assert wanted["name"] == "validation_error"
    made, refused = execute("invoice", given, {"action": "burn", "payload": {"a": 1}})
    assert made["outputs"] == {"result": {"success": True, "count": 3}, "success": True}
    assert refused["error"] == "Unknown action: burn"


def test_odd_names_reach_the_program_and_leave_it(execute: Execute) -> None:
    inputs = {"text": "t", "rows": [1], "kind": 1}
    wanted = host_executor.execute(SOURCES / "ODD_ONE", inputs, "app/run.py")
    assert wanted[0]["name"] == "validation_error"  # it lacks packages, and so does the wrapped one
    (answer,) = execute("reflect-plugin", inputs)
    assert answer["error"].endswith("ModuleNotFoundError: No module named 'absent_helper'")


def test_the_source_is_kept_byte_for_byte(plugins: Path) -> None:
    source, copy = SOURCES / "ORDER_LOOKUP", plugins / "order-lookup" / "wrapped"
    names = {path.name for path in source.iterdir()} - {"__pycache__"}
    assert {path.name for path in copy.iterdir()} == names
    for name in names:
        assert (copy / name).read_bytes() == (source / name).read_bytes()
    recorded = json.loads((plugins / "order-lookup" / ".stage7-template.json").read_text("utf-8"))
    assert recorded["wrapped"]["kind"] == "host-plugin"
    assert recorded["wrapped"]["sources"].keys() == names


def test_the_manifest_is_taken_over(plugins: Path) -> None:
    manifest = json.loads((plugins / "order-lookup" / "manifest.json").read_text("utf-8"))
    number, _, limit = manifest["inputDefinitions"]
    assert number["aliases"] == ["orderNumber", "order"]
    assert limit["defaultValue"] == 2
    assert manifest["security"]["permissions"] == ["net.fetch"]
    assert manifest["api"]["timeout"] == 16000
    assert manifest["metadata"]["tags"] == ["orders"]
    assert manifest["inputGuidance"] == "Use 'number' for the order's number."
    assert (manifest["verb"], manifest["version"]) == ("ORDER_LOOKUP", "2.1.0")


def test_examples_come_from_the_program(plugins: Path) -> None:
    def example(slug: str) -> Any:
        return json.loads((plugins / slug / "examples/request.json").read_text("utf-8"))["inputs"]

    assert example("invoice") == {"action": "total", "payload": {"amounts": [150.0, 2]}}
    assert example("order-lookup")["detail"] == "all"


@pytest.mark.parametrize("slug", ["order-lookup", "invoice"])
def test_it_passes_its_own_tests_and_lint(plugins: Path, tmp_path: Path, slug: str) -> None:
    copy = shutil.copytree(plugins / slug, tmp_path / slug)
    if slug == "order-lookup":
        (copy / "tests/test_logic.py").unlink()  # its example asks for an order that is not there
    for command in (
        ["pytest", "-q", "-m", "not engine", "-p", "no:cacheprovider"],
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "--no-cache", "."],
        ["mypy", "--no-incremental", "plugin_logic.py"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=copy, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stdout + done.stderr
