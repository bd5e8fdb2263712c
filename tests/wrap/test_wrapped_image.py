"""The documented plugin, wrapped: what the contract suite found broken in it holds now."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from stage7_plugin.cli import main
from stage7_plugin.contract.context import Context
from stage7_plugin.contract.model import Status
from stage7_plugin.contract.runner import Runner, rules_named
from stage7_plugin.contract.schedule import check_rules
from stage7_plugin.contract.targets.image import FolderTarget
from stage7_plugin.contract.targets.resolve import resolve_inputs, scenario_source
from stage7_plugin.host.engine import connect
from stage7_plugin.host.view import read_manifest
from tests.support.contract import broken_rules

SIX_FILES = Path(__file__).parent / "sources" / "six_files"
# Of the 19 rules that the whole suite found broken in the source, those that take no long time.
BROKEN_BEFORE = (
    *("manifest.valid", "execute.answer-format", "errors.missing-input", "errors.mistyped-input"),
    *("errors.malformed-json", "errors.nan", "errors.not-an-object", "errors.odd-json"),
    *("errors.content-type", "errors.body-too-large", "errors.ambiguous-length", "errors.format"),
    *("env.foreign-path", "env.pythonpath-ignored"),
    *("hardened.non-root", "lifecycle.sigterm-idle", "env.port-ignored"),
)


@pytest.fixture(scope="module")
def wrapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wrapped")
    slug = f"six-files-{uuid.uuid4().hex[:8]}"
    arguments = ["wrap", str(SIX_FILES), f"plugin_slug={slug}", "git_init=no", "-o", str(out)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return out / slug


def test_it_passes_its_own_checks(wrapped: Path) -> None:
    for command in (
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["mypy", "."],
        ["pytest", "-p", "no:xdist", "-m", "not engine"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=wrapped, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.engine
@pytest.mark.network
def test_what_was_broken_before_is_not_any_more(wrapped: Path) -> None:
    client = connect()
    manifest = read_manifest(wrapped / "manifest.json")
    request = json.loads((wrapped / "examples" / "request.json").read_text("utf-8"))
    assert request["inputs"] == {"example_input": "World"}
    with closing(FolderTarget(client, wrapped, manifest)) as target:
        context = Context(target, resolve_inputs(target, None), scenario_source(target, None))
        with Runner(context) as runner:
            results = list(check_rules(runner, rules_named(BROKEN_BEFORE)))
        assert broken_rules(results) == {}
        passed = {result.rule.id for result in results if result.status is Status.PASSED}
        assert passed == {*BROKEN_BEFORE}
